package sources

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

var (
	batchSet = lazyre.New(`(?i)^set\s+("?)([A-Za-z_][\w]*)=(.*)$`)
	setx     = lazyre.New(`(?i)^setx(?:\.exe)?\s+(.*)$`)

	psEnv    = lazyre.New(`(?i)^\$env:(\w+)\s*\+?=\s*(.+)$`)
	psMethod = lazyre.New(`(?i)^\[(?:System\.)?Environment\]::SetEnvironmentVariable\(\s*(["'])(\w+)["']\s*,\s*("[^"]*"|'[^']*')`)
	psItem   = lazyre.New(`(?i)^(?:Set-Item|New-Item|si)\s+(?:-Path\s+)?["']?Env:\\?(\w+)["']?\s+(?:-Value\s+)?(.+)$`)
)

// batch reads what cmd.exe runs. Unlike a shell it keeps quotes and spaces as
// part of the value: set K="V" gives quotes, and set K=V && next a space.
func (p *parser) batch(src string, line int) {
	for text := range strings.Lines(src) {
		at := line
		line++
		text = strings.TrimRight(text, "\r\n")
		text = strings.TrimLeft(text, " \t@(")
		lower := strings.ToLower(text)
		if text == "" || strings.HasPrefix(lower, "rem ") || strings.HasPrefix(text, "::") {
			continue
		}
		p.says(text, at)
		for _, part := range batchParts(text) {
			p.batchCommand(part.text, text, part.cut, at)
		}
	}
}

func (p *parser) batchCommand(text, whole string, cut bool, line int) {
	text = strings.TrimLeft(text, " \t@(")
	if m := batchSet.Re().FindStringSubmatch(text); m != nil {
		value := m[3]
		if m[1] != "" { // set "K=V"
			if i := strings.LastIndexByte(value, '"'); i >= 0 {
				value = value[:i]
			}
		}
		raw := value
		if cut || m[1] != "" || strings.ContainsAny(value, `"%^`) {
			raw = whole
		}
		p.set(m[2], strings.ReplaceAll(value, "^", ""), raw, line)
		return
	}
	if m := setx.Re().FindStringSubmatch(text); m != nil {
		p.setx(m[1], line)
		return
	}
	if words := windowsWords(text, line); len(words) > 0 && isGo(strings.ToLower(words[0].text)) {
		for _, w := range goEnvW(words) {
			if key, value, raw, ok := pair(w); ok {
				if cut {
					raw = whole
				}
				p.set(key, value, raw, line)
			}
		}
	}
}

type batchPart struct {
	text string
	cut  bool // by a single | or &
}

// batchParts splits a line at & and | outside quotes; a caret protects them.
func batchParts(text string) []batchPart {
	var out []batchPart
	quoted, start := false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case c == '^':
			i++
		case (c == '&' || c == '|') && !quoted:
			double := i+1 < len(text) && text[i+1] == c
			out = append(out, batchPart{text[start:i], !double && c == '|'})
			if double {
				i++
			}
			start = i + 1
		}
	}
	return append(out, batchPart{text: text[start:]})
}

// setx reads setx K V [/M].
func (p *parser) setx(rest string, line int) {
	var words []word
	for _, w := range windowsWords(rest, line) {
		if !strings.HasPrefix(w.text, "/") {
			words = append(words, w)
		}
	}
	if len(words) == 2 {
		p.set(words[0].text, words[1].text, words[1].raw, line)
	}
}

// windowsWords splits at blanks outside double or single quotes, which go.
func windowsWords(text string, line int) []word {
	var out []word
	for i := 0; i < len(text); {
		if text[i] == ' ' || text[i] == '\t' {
			i++
			continue
		}
		var b strings.Builder
		start, quote := i, byte(0)
		for ; i < len(text); i++ {
			c := text[i]
			if quote == 0 && (c == ' ' || c == '\t') {
				break
			}
			switch {
			case c == quote:
				quote = 0
			case quote == 0 && (c == '"' || c == '\''):
				quote = c
			default:
				b.WriteByte(c)
			}
		}
		out = append(out, word{text: b.String(), raw: text[start:i], line: line})
	}
	return out
}

// powershell reads $env:K = 'V' and its longer spellings.
func (p *parser) powershell(src string, line int) {
	comment := false
	for text := range strings.Lines(src) {
		at := line
		line++
		text = strings.TrimSpace(text)
		switch {
		case strings.HasPrefix(text, "<#"):
			comment = !strings.Contains(text, "#>")
			continue
		case comment:
			comment = !strings.Contains(text, "#>")
			continue
		case text == "" || text[0] == '#':
			continue
		}
		p.says(text, at)
		for _, part := range strings.Split(text, ";") {
			p.psCommand(strings.TrimSpace(part), at)
		}
	}
}

func (p *parser) psCommand(text string, line int) {
	text = strings.TrimPrefix(text, "& ")
	switch {
	case psEnv.Re().MatchString(text):
		m := psEnv.Re().FindStringSubmatch(text)
		p.set(m[1], envValue(strings.TrimSpace(m[2])), strings.TrimSpace(m[2]), line)
	case psMethod.Re().MatchString(text):
		m := psMethod.Re().FindStringSubmatch(text)
		p.set(m[2], envValue(m[3]), m[3], line)
	case psItem.Re().MatchString(text):
		m := psItem.Re().FindStringSubmatch(text)
		p.set(m[1], envValue(strings.TrimSpace(m[2])), m[2], line)
	default:
		p.batchCommand(text, text, false, line)
	}
}
