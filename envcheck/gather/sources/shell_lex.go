package sources

import "strings"

// word is one word of a command.
type word struct {
	text string // without quotes; $… and `…` stay
	raw  string
	line int
	op   bool // an operator: | & ; ( ) < > and their pairs, or a line end
}

// lexer splits shell text into words and operators. It knows quotes, comments,
// continuation lines and here documents, and nothing of what words mean.
type lexer struct {
	src   string
	pos   int
	line  int
	plain bool // operators and comments are ordinary letters: ENV of a Dockerfile
	docs  []*heredoc
}

// heredoc is the text behind <<WORD.
type heredoc struct {
	end  string
	tabs bool // <<-
	body string
	line int
}

const operators = ";&|()<>\n"

// next returns the next word; false at the end.
func (l *lexer) next() (word, bool) {
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == ' ' || c == '\t' || c == '\r' || l.plain && c == '\n':
			l.step()
		case strings.HasPrefix(l.src[l.pos:], "\\\n"):
			l.step()
			l.step()
		case c == '#' && !l.plain:
			for l.pos < len(l.src) && l.src[l.pos] != '\n' {
				l.step()
			}
		case !l.plain && strings.IndexByte(operators, c) >= 0:
			return l.operator(), true
		default:
			return l.word(), true
		}
	}
	return word{}, false
}

func (l *lexer) step() {
	if l.src[l.pos] == '\n' {
		l.line++
	}
	l.pos++
}

func (l *lexer) operator() word {
	w := word{op: true, line: l.line}
	rest := l.src[l.pos:]
	for _, op := range []string{"<<<", "<<-", "&>>", "&&", "||", ";;", "<<", ">>", ">&", "<&", "&>", ">|", "|&"} {
		if strings.HasPrefix(rest, op) {
			w.text = op
			break
		}
	}
	if w.text == "" {
		w.text = rest[:1]
	}
	for range w.text {
		l.step()
	}
	w.raw = w.text
	if w.text == "\n" {
		for _, d := range l.docs {
			l.body(d)
		}
		l.docs = nil
	}
	return w
}

// body reads a here document: the lines up to its end word.
func (l *lexer) body(d *heredoc) {
	d.line = l.line
	var b strings.Builder
	defer func() { d.body = b.String() }()
	for l.pos < len(l.src) {
		text, _, _ := strings.Cut(l.src[l.pos:], "\n")
		l.pos = min(l.pos+len(text)+1, len(l.src))
		l.line++
		if d.tabs {
			text = strings.TrimLeft(text, "\t")
		}
		if strings.TrimSuffix(text, "\r") == d.end {
			return
		}
		b.WriteString(text + "\n")
	}
}

func (l *lexer) word() word {
	w := word{line: l.line}
	start := l.pos
	var b strings.Builder
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || !l.plain && strings.IndexByte(operators, c) >= 0:
			w.text, w.raw = b.String(), l.src[start:l.pos]
			return w
		case c == '\'':
			l.step()
			l.until('\'', &b, false)
		case c == '"':
			l.step()
			l.until('"', &b, true)
		case c == '\\' && l.pos+1 < len(l.src):
			l.step()
			if l.src[l.pos] != '\n' {
				b.WriteByte(l.src[l.pos])
			}
			l.step()
		case c == '`':
			from := l.pos
			l.step()
			l.until('`', &strings.Builder{}, false)
			b.WriteString(l.src[from:l.pos])
		case c == '$' && l.pos+1 < len(l.src) && (l.src[l.pos+1] == '(' || l.src[l.pos+1] == '{'):
			b.WriteString(l.group())
		default:
			b.WriteByte(c)
			l.step()
		}
	}
	w.text, w.raw = b.String(), l.src[start:]
	return w
}

// until reads to the closing quote, which is not kept.
func (l *lexer) until(quote byte, b *strings.Builder, escapes bool) {
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == quote:
			l.step()
			return
		case escapes && c == '\\' && l.pos+1 < len(l.src) && strings.IndexByte("\"\\$`\n", l.src[l.pos+1]) >= 0:
			l.step()
			if l.src[l.pos] != '\n' {
				b.WriteByte(l.src[l.pos])
			}
		case escapes && c == '$' && l.pos+1 < len(l.src) && l.src[l.pos+1] == '(':
			b.WriteString(l.group())
			continue
		default:
			b.WriteByte(c)
		}
		l.step()
	}
}

// group reads $(…) or ${…} as it stands.
func (l *lexer) group() string {
	start := l.pos
	l.step()
	open := l.src[l.pos]
	shut := map[byte]byte{'(': ')', '{': '}'}[open]
	for depth := 0; l.pos < len(l.src); {
		c := l.src[l.pos]
		switch c {
		case '\'':
			if open == '(' {
				l.step()
				l.until('\'', &strings.Builder{}, false)
				continue
			}
		case '\\':
			if l.pos+1 < len(l.src) {
				l.step()
			}
		case open:
			depth++
		case shut:
			depth--
		}
		l.step()
		if depth == 0 {
			break
		}
	}
	return l.src[start:l.pos]
}
