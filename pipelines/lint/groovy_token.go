package lint

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// token is one token of Groovy. Line ends are tokens, as they end statements.
type token struct {
	kind tokenKind
	text string // of a string its content, escapes resolved, interpolations replaced by $_
	line int

	exprs []expr // what a string interpolates
	lines []int  // of a string: the line of each of its lines
}

// expr is an interpolation, ${…} or $name.
type expr struct {
	text  string
	line  int
	asked bool // stands outside of strings, where a ? behind it makes it a question
}

type tokenKind byte

const (
	word   tokenKind = 'w' // names and keywords
	number tokenKind = 'n'
	text   tokenKind = 's' // strings of all kinds
	punct  tokenKind = 'p'
	end    tokenKind = 'e' // of a line
)

func (t token) is(s string) bool { return t.kind != text && t.text == s }

// maxTokens bounds the work; a file of maxGroovy bytes has fewer.
const maxTokens = 100_000

// What is interpolated, or stands between slashes on one line, is shorter.
const maxInterpolation = 1 << 10

// scanner cuts Groovy into tokens.
type scanner struct {
	src      string
	pos      int
	line     int
	tokens   []token
	comments []lint.Comment
	bad      *msg.Error
}

func scanGroovy(name, src string) ([]token, []lint.Comment, error) {
	s := &scanner{src: strings.ReplaceAll(src, "\r\n", "\n"), line: 1}
	for s.pos < len(s.src) && s.bad == nil && len(s.tokens) < maxTokens {
		s.next()
	}
	if s.bad != nil {
		return nil, nil, msg.Errorf("%s:%d: %w", "%s:%d：%w", name, s.line, s.bad).WithKind(msg.Usage)
	}
	return s.tokens, s.comments, nil
}

func (s *scanner) ahead(p string) bool { return strings.HasPrefix(s.src[s.pos:], p) }

func (s *scanner) put(k tokenKind, text string) {
	s.tokens = append(s.tokens, token{kind: k, text: text, line: s.line})
	s.pos += len(text)
}

func (s *scanner) next() {
	c := s.src[s.pos]
	switch {
	case c == '\n':
		s.put(end, "\n")
		s.line++
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		s.pos++
	case c == '\\' && s.ahead("\\\n"):
		s.pos += 2
		s.line++
	case s.ahead("//") || s.ahead("#!") && s.pos == 0:
		to := strings.IndexByte(s.src[s.pos:], '\n')
		if to < 0 {
			to = len(s.src) - s.pos
		}
		if n := len(s.tokens); n == 0 || s.tokens[n-1].kind == end {
			s.comments = append(s.comments, lint.Comment{Line: s.line, Text: strings.TrimSpace(strings.TrimLeft(s.src[s.pos:s.pos+to], "/"))})
		}
		s.pos += to
	case s.ahead("/*"):
		to := strings.Index(s.src[s.pos+2:], "*/")
		if to < 0 {
			s.bad = msg.Errorf("the comment that begins here does not end", "此处开始的注释没有结束")
			return
		}
		s.line += strings.Count(s.src[s.pos:s.pos+to+4], "\n")
		s.pos += to + 4
	case s.ahead(`"""`), s.ahead(`'''`):
		s.str(s.src[s.pos:s.pos+3], c == '"')
	case c == '"' || c == '\'':
		s.str(string(c), c == '"')
	case s.ahead("$/"):
		s.pos++
		s.str("/", true)
	case c == '/' && s.slashy():
		s.str("/", true)
	case c == '_' || c == '$' || unicode.IsLetter(rune(c)) || c >= utf8.RuneSelf:
		to := strings.IndexFunc(s.src[s.pos:], func(r rune) bool { return r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if to < 0 {
			to = len(s.src) - s.pos
		}
		if to == 0 { // a sign that is no letter
			_, to = utf8.DecodeRuneInString(s.src[s.pos:])
		}
		s.put(word, s.src[s.pos:s.pos+to])
	case c >= '0' && c <= '9':
		to := s.pos
		for to < len(s.src) && (s.src[to] >= '0' && s.src[to] <= '9' || s.src[to] >= 'A' && s.src[to] <= 'Z' || s.src[to] >= 'a' && s.src[to] <= 'z') {
			to++
		}
		s.put(number, s.src[s.pos:to])
	default:
		for _, op := range []string{"==~", "=~", "==", "!=", "->", "?.", "*.", "&&", "||", "+=", "<<", "?:"} {
			if s.ahead(op) {
				s.put(punct, op)
				return
			}
		}
		s.put(punct, string(c))
	}
}

// slashy reports whether a slash begins a string: no value stands before it, and
// another one follows on the line.
func (s *scanner) slashy() bool {
	for i := len(s.tokens) - 1; i >= 0; i-- {
		t := s.tokens[i]
		if t.kind == end {
			break
		}
		if t.kind == number || t.kind == text || t.is(")") || t.is("]") || t.is("}") || t.kind == word && t.text != "return" && t.text != "in" && !s.step(t) {
			return false
		}
		break
	}
	line, _, _ := strings.Cut(s.src[s.pos+1:min(len(s.src), s.pos+maxInterpolation)], "\n")
	return strings.Contains(line, "/") && !strings.HasPrefix(line, " ")
}

// step reports whether a word is a step that takes a string: sh /…/.
func (s *scanner) step(t token) bool { return scriptSteps[t.text] || t.text == "echo" }

// str reads a string; quote is what ends it.
func (s *scanner) str(quote string, interpolated bool) {
	t := token{kind: text, line: s.line, lines: []int{s.line}}
	begin := s.line
	long := len(quote) == 3 || quote == "/"
	s.pos += len(quote)
	var b strings.Builder
	for {
		switch {
		case s.pos >= len(s.src), s.src[s.pos] == '\n' && !long:
			s.line = begin
			s.bad = msg.Errorf("the string that begins here does not end", "此处开始的字符串没有结束")
			return
		case s.ahead(quote):
			s.pos += len(quote)
			if quote == "/" && s.pos < len(s.src) && s.src[s.pos] == '$' { // $/…/$
				s.pos++
			}
			t.text = b.String()
			s.tokens = append(s.tokens, t)
			return
		case s.src[s.pos] == '\\' && quote != "/" && s.pos+1 < len(s.src):
			s.escape(&b, &t)
		case s.src[s.pos] == '\\' && s.ahead(`\/`):
			b.WriteByte('/')
			s.pos += 2
		case s.src[s.pos] == '$' && interpolated && s.interpolation(&t):
			b.WriteString("$_")
		default:
			if s.src[s.pos] == '\n' {
				s.line++
				t.lines = append(t.lines, s.line)
			}
			b.WriteByte(s.src[s.pos])
			s.pos++
		}
	}
}

func (s *scanner) escape(b *strings.Builder, t *token) {
	c := s.src[s.pos+1]
	s.pos += 2
	switch c {
	case '\n': // a line that goes on
		s.line++
	case 'n':
		b.WriteByte('\n')
		t.lines = append(t.lines, s.line)
	case 't', 'r', 'b', 'f':
		b.WriteByte(' ')
	default:
		b.WriteByte(c)
	}
}

// answer is an expression without the question of a ? b : c, which is not put in.
func answer(e string) string {
	if i := strings.Index(e, " ? "); i >= 0 {
		return e[i+3:]
	}
	return e
}

// interpolation reads ${…} or $name at a dollar sign; false when it is neither.
func (s *scanner) interpolation(t *token) bool {
	rest := s.src[s.pos+1:]
	if strings.HasPrefix(rest, "{") {
		depth, quote := 0, byte(0)
		for i := range len(rest) {
			switch c := rest[i]; {
			case quote != 0:
				if c == quote && rest[i-1] != '\\' {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '{':
				depth++
			case c == '}':
				if depth--; depth == 0 {
					t.exprs = append(t.exprs, expr{text: answer(rest[1:i]), line: s.line})
					lines := strings.Count(rest[:i], "\n")
					s.line += lines
					s.pos += i + 2
					return true
				}
			}
			if i > maxInterpolation {
				return false
			}
		}
		return false
	}
	n := 0
	for n < len(rest) && (rest[n] == '_' || rest[n] >= 'A' && rest[n] <= 'Z' || rest[n] >= 'a' && rest[n] <= 'z' || n > 0 && (rest[n] >= '0' && rest[n] <= '9' || rest[n] == '.' && n+1 < len(rest) && unicode.IsLetter(rune(rest[n+1])))) {
		n++
	}
	if n == 0 {
		return false
	}
	t.exprs = append(t.exprs, expr{text: rest[:n], line: s.line})
	s.pos += 1 + n
	return true
}
