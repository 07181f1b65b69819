package dockerfile

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

var blanks = lazyre.New(`[\t\v\f\r ]+`)

// span is a word's place in a text.
type span struct{ from, to int }

// words splits at blanks outside quotes. Quotes and escapes stay; an escape
// character at the very end goes.
func words(s string, escape byte) []span {
	var out []span
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) {
			i += n
			continue
		}
		w := span{i, i}
		var quote byte
		for i < len(s) {
			r, n := utf8.DecodeRuneInString(s[i:])
			c := s[i]
			if quote == 0 && unicode.IsSpace(r) {
				break
			}
			switch {
			case c == escape && quote != '\'':
				if i += n; i == len(s) {
					if w.from < w.to {
						out = append(out, w)
					}
					return out
				}
				_, n = utf8.DecodeRuneInString(s[i:])
			case quote == 0 && (c == '\'' || c == '"'):
				quote = c
			case c == quote:
				quote = 0
			}
			i += n
			w.to = i
		}
		out = append(out, w)
	}
	return out
}

// unquote takes quotes and escapes away and leaves variables alone.
func unquote(s string, escape byte) string {
	if strings.IndexByte(s, escape) < 0 && !strings.ContainsAny(s, `'"`) {
		return s
	}
	var b strings.Builder
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			quote = 0
		case quote == '\'':
			b.WriteByte(c)
		case c == escape:
			if i++; i == len(s) {
				return b.String()
			}
			if quote == '"' && s[i] != '"' && s[i] != '$' && s[i] != escape {
				b.WriteByte(c)
			}
			b.WriteByte(s[i])
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// flags cuts --name=value off the front of an instruction's arguments.
func flags(t Text, escape byte) ([]Flag, Text) {
	var out []Flag
	for {
		t = t.trim()
		if !strings.HasPrefix(t.s, "--") {
			return out, t
		}
		var b strings.Builder
		var quote byte
		i := 0
		for ; i < len(t.s); i++ {
			c := t.s[i]
			if quote == 0 && (c == ' ' || '\t' <= c && c <= '\r') {
				break
			}
			switch {
			case quote == 0 && (c == '\'' || c == '"'):
				quote = c
			case quote != 0 && c == quote:
				quote = 0
			case c == escape:
				if i++; i < len(t.s) {
					b.WriteByte(t.s[i])
				}
			default:
				b.WriteByte(c)
			}
		}
		i = min(i, len(t.s))
		line := t.Line(0)
		t = t.slice(i, len(t.s))
		word := b.String()
		if word == "--" {
			return out, t.trim()
		}
		name, value, _ := strings.Cut(strings.TrimPrefix(word, "--"), "=")
		out = append(out, Flag{Name: name, Value: value, Line: line})
	}
}
