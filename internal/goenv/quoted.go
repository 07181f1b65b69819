package goenv

import (
	"fmt"
	"strings"
)

const blanks = " \t\r\n"

// word is a part of a quoted list.
type word struct {
	text   string
	quoted bool
}

// words splits a list as the go command does (cmd/internal/quoted): at white
// space, with ' or " around whole words, nothing escaped. With an error it
// returns the words before the open quote.
func words(value string) ([]word, error) {
	var out []word
	for s := strings.TrimLeft(value, blanks); s != ""; s = strings.TrimLeft(s, blanks) {
		if q := s[0]; q == '\'' || q == '"' {
			end := strings.IndexByte(s[1:], q)
			if end < 0 {
				return out, fmt.Errorf("unterminated %c string", q)
			}
			out = append(out, word{text: s[1 : 1+end], quoted: true})
			s = s[end+2:]
			continue
		}
		end := strings.IndexAny(s, blanks)
		if end < 0 {
			end = len(s)
		}
		out = append(out, word{text: s[:end]})
		s = s[end:]
	}
	return out, nil
}

func splitQuoted(value string) ([]string, error) {
	list, err := words(value)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = w.text
	}
	return out, nil
}
