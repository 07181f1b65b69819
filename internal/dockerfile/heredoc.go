package dockerfile

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

var (
	docWord = lazyre.New(`^\d*<<(-?)\s*([^<]*)$`)
	tabs    = lazyre.New(`(?m)^\t+`)
)

// announced finds the here-documents that a line announces; their bodies are yet to
// be read. chomp says of each whether it begins with <<-.
func announced(line string) (docs []Heredoc, chomp []bool) {
	if !strings.Contains(line, "<<") {
		return nil, nil
	}
	for _, w := range shellWords(line) {
		if m := docWord.Re().FindStringSubmatch(w); m != nil && len(shellWords(m[2])) == 1 {
			docs = append(docs, Heredoc{Name: unquote(m[2], '\\'), Quoted: quotes(m[2])})
			chomp = append(chomp, m[1] != "")
		}
	}
	return docs, chomp
}

// quotes reports whether a word has a quote that is not escaped.
func quotes(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\'', '"':
			return true
		}
	}
	return false
}

// shellWords splits a line as the builder does when it looks for here-documents:
// into words as a shell has them, quotes and escapes kept. A line that it cannot
// read, such as one with an open quote, has none.
func shellWords(s string) []string {
	var out []string
	start := -1
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) {
			if start >= 0 {
				out, start = append(out, s[start:i]), -1
			}
			i += n
			continue
		}
		if start < 0 {
			start = i
		}
		switch {
		case r == '\\':
			if i += n; i < len(s) {
				_, n = utf8.DecodeRuneInString(s[i:])
				i += n
			}
		case r == '\'':
			end := strings.IndexByte(s[i+1:], '\'')
			if end < 0 {
				return nil
			}
			i += end + 2
		case r == '"':
			end := doubleQuoted(s[i:])
			if end < 0 {
				return nil
			}
			i += end
		case r == '$':
			end := variable(s[i:])
			if end < 0 {
				return nil
			}
			i += end
		case strings.HasPrefix(s[i:], "<<"):
			i += 2
			for i < len(s) && strings.IndexByte(" \t\r\n", s[i]) >= 0 {
				i++
			}
		default:
			i += n
		}
	}
	if start >= 0 {
		out = append(out, s[start:])
	}
	return out
}

// doubleQuoted returns the length of "…" at the front of s, -1 when it is not shut.
func doubleQuoted(s string) int {
	for i := 1; i < len(s); {
		switch s[i] {
		case '"':
			return i + 1
		case '\\':
			if i++; i < len(s) && strings.IndexByte(`"$\`, s[i]) >= 0 {
				i++
			}
		case '$':
			n := variable(s[i:])
			if n < 0 {
				return -1
			}
			i += n
		default:
			i++
		}
	}
	return -1
}

// variable returns the length of $NAME or ${…} at the front of s, of $ alone if
// there is no name, -1 for what the builder refuses.
func variable(s string) int {
	if !strings.HasPrefix(s, "${") {
		return 1 // letters of the name are like any other
	}
	if len(s) < 3 || strings.IndexByte("{}:", s[2]) >= 0 {
		return -1
	}
	i := 2
	for i < len(s) && (s[i] == '_' || s[i] >= 0x80 || s[i] >= '0' && s[i] <= '9' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z') {
		i++
	}
	if i == 2 && strings.IndexByte("@*#?-$!0", s[i]) >= 0 {
		i++
	}
	if i == len(s) || strings.IndexByte("}:+-?#%/", s[i]) < 0 {
		return -1
	}
	if s[i] == '}' {
		return i + 1
	}
	for i++; i < len(s); {
		switch s[i] {
		case '}':
			return i + 1
		case '\\':
			i += 2
		case '\'':
			end := strings.IndexByte(s[i+1:], '\'')
			if end < 0 {
				return -1
			}
			i += end + 2
		case '"':
			end := doubleQuoted(s[i:])
			if end < 0 {
				return -1
			}
			i += end
		case '$':
			n := variable(s[i:])
			if n < 0 {
				return -1
			}
			i += n
		default:
			i++
		}
	}
	return -1
}
