package sources

import (
	"encoding/json"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

var (
	escapeLine  = lazyre.New("(?i)^#\\s*escape\\s*=\\s*`")
	dockerDoc   = lazyre.New(`<<-?["']?([A-Za-z_]\w*)["']?`)
	dockerFlags = lazyre.New(`^(\s*--[a-z]+(=\S+)?)+`)
)

// dockerfile reads ENV, ARG and RUN, and keeps every instruction as a line.
func (p *parser) dockerfile(src string, line int) {
	lines := strings.Split(src, "\n")
	escape := `\`
	if escapeLine.Re().MatchString(lines[0]) {
		escape = "`"
	}
	for i := 0; i < len(lines); i++ {
		text := strings.TrimSpace(lines[i])
		if text == "" || text[0] == '#' {
			continue
		}
		at := line + i
		// Continuation lines are joined by \ and line end, as the lexer takes
		// them, so that its count of lines stays right; comments among them go.
		var b strings.Builder
		for ; i < len(lines); i++ {
			t := strings.TrimRight(lines[i], " \t\r")
			if b.Len() > 0 && (strings.HasPrefix(strings.TrimSpace(t), "#") || t == "") {
				b.WriteString("\\\n")
				continue
			}
			more := strings.HasSuffix(t, escape)
			b.WriteString(strings.TrimSuffix(t, escape))
			if !more {
				break
			}
			b.WriteString("\\\n")
		}
		text = strings.TrimLeft(b.String(), " \t")
		name, rest := cutField(text)
		if strings.EqualFold(name, "ONBUILD") {
			name, rest = cutField(strings.TrimLeft(rest, " \t"))
		}
		name = strings.ToUpper(name)
		var doc strings.Builder
		if name == "RUN" || name == "COPY" {
			if m := dockerDoc.Re().FindStringSubmatch(rest); m != nil {
				for i++; i < len(lines) && strings.TrimLeft(strings.TrimRight(lines[i], " \r"), "\t") != m[1]; i++ {
					doc.WriteString(lines[i] + "\n")
				}
			}
		}
		body := doc.String()
		p.says(strings.ReplaceAll(text, "\\\n", " ")+" "+body, at)
		switch name {
		case "ENV":
			p.dockerEnv(rest, at)
		case "ARG":
			p.dockerPairs(rest, at)
		case "RUN":
			p.dockerRun(rest, body, at)
		}
	}
}

// cutField cuts the first word off; what is left keeps its line ends.
func cutField(s string) (first, rest string) {
	if i := strings.IndexAny(s, " \t\\"); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// dockerEnv reads ENV K=V K=V, and the old ENV K V.
func (p *parser) dockerEnv(rest string, line int) {
	l := &lexer{src: rest, line: line, plain: true}
	first, ok := l.next()
	if !ok {
		return
	}
	if strings.Contains(first.raw, "=") {
		p.dockerPairs(rest, line)
		return
	}
	value := strings.TrimSpace(strings.ReplaceAll(rest[l.pos:], "\\\n", ""))
	p.set(first.text, value, value, first.line)
}

func (p *parser) dockerPairs(rest string, line int) {
	l := &lexer{src: rest, line: line, plain: true}
	for w, ok := l.next(); ok; w, ok = l.next() {
		if key, value, raw, ok := pair(w); ok {
			p.set(key, value, raw, w.line)
		}
	}
}

func (p *parser) dockerRun(rest, body string, line int) {
	lines := p.file.Lines
	defer func() { p.file.Lines = lines }() // the instruction stands for them
	if body != "" {
		p.shell(body, line+1+strings.Count(rest, "\n"))
		if dockerDoc.Re().ReplaceAllString(strings.TrimSpace(rest), "") == "" {
			return
		}
	}
	rest = dockerFlags.Re().ReplaceAllStringFunc(rest, func(s string) string { return strings.Repeat(" ", len(s)) })
	var argv []string
	if trimmed := strings.TrimSpace(strings.ReplaceAll(rest, "\\\n", "")); strings.HasPrefix(trimmed, "[") && json.Unmarshal([]byte(trimmed), &argv) == nil {
		var c command
		for _, a := range argv {
			c.words = append(c.words, word{text: a, raw: a, line: line})
		}
		if len(argv) > 0 {
			c.raw = trimmed
			p.command(c, func(string) bool { return false })
		}
		return
	}
	p.shell(rest, line)
}
