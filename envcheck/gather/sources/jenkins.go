package sources

import (
	"slices"
	"strings"
)

// jenkins reads a Jenkinsfile: environment { K = 'V' }, withEnv(['K=V']),
// env.K = 'V', and the text of sh, bat and powershell steps.
func (p *parser) jenkins(src string, line int) {
	toks := groovy(src, line)
	at := func(i int) token {
		if i < len(toks) {
			return toks[i]
		}
		return token{}
	}
	depth, environment, withEnv := 0, -1, false
	for i, t := range toks {
		switch {
		case t.text == "{" && !t.str:
			if depth++; i > 0 && toks[i-1].text == "environment" {
				environment = depth
			}
		case t.text == "}" && !t.str:
			if depth == environment {
				environment = -1
			}
			depth--
		case t.text == "withEnv" && !t.str:
			withEnv = true
		case t.text == "]" && !t.str:
			withEnv = false
		case t.str && withEnv:
			if key, value, ok := strings.Cut(t.text, "="); ok {
				p.set(key, value, value, t.line)
			}
		case environment > 0 && t.name() && at(i+1).text == "=" && at(i+2).str:
			p.set(t.text, at(i+2).text, at(i+2).text, t.line)
		case t.text == "env" && at(i+1).text == "." && at(i+2).name() && at(i+3).text == "=" && at(i+4).str:
			p.set(at(i+2).text, at(i+4).text, at(i+4).text, t.line)
		case t.name() && slices.Contains([]string{"sh", "bat", "powershell", "pwsh"}, t.text):
			j := i + 1
			for at(j).text == "(" && !at(j).str || at(j).text == "script" || at(j).text == ":" && !at(j).str {
				j++
			}
			if !at(j).str {
				continue
			}
			switch t.text {
			case "sh":
				p.shell(at(j).text, at(j).line)
			case "bat":
				p.batch(at(j).text, at(j).line)
			default:
				p.powershell(at(j).text, at(j).line)
			}
		}
	}
}

// token is one word, sign or string of Groovy.
type token struct {
	text string
	line int
	str  bool
}

func (t token) name() bool { return !t.str && t.text != "" && letter(t.text[0]) }

func letter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// groovy splits a Jenkinsfile, without its comments. Strings lose their quotes
// and escapes; ${…} in them stays.
func groovy(src string, line int) []token {
	var out []token
	for i := 0; i < len(src); {
		rest := src[i:]
		n := 1
		switch c := src[i]; {
		case c == '\n':
			line++
		case c == ' ' || c == '\t':
		case strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "#!"):
			if n = strings.IndexByte(rest, '\n'); n < 0 {
				return out
			}
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return out
			}
			n = end + 4
			line += strings.Count(rest[:n], "\n")
		case c == '\'' || c == '"':
			quote := string(c)
			if strings.HasPrefix(rest, strings.Repeat(quote, 3)) {
				quote = strings.Repeat(quote, 3)
			}
			var text string
			text, n = groovyString(rest, quote)
			out = append(out, token{text: text, line: line, str: true})
			line += strings.Count(rest[:n], "\n")
		case letter(c):
			for n < len(rest) && letter(rest[n]) {
				n++
			}
			out = append(out, token{text: rest[:n], line: line})
		default:
			out = append(out, token{text: rest[:1], line: line})
		}
		i += n
	}
	return out
}

func groovyString(rest, quote string) (text string, n int) {
	var b strings.Builder
	for n = len(quote); n < len(rest); n++ {
		switch {
		case strings.HasPrefix(rest[n:], quote):
			return b.String(), n + len(quote)
		case rest[n] == '\n' && len(quote) == 1:
			return b.String(), n // not closed: it ends with its line
		case rest[n] == '\\' && n+1 < len(rest):
			n++
			switch rest[n] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '\n':
				b.WriteString("\\\n")
			default:
				b.WriteByte(rest[n])
			}
		default:
			b.WriteByte(rest[n])
		}
	}
	return b.String(), n
}
