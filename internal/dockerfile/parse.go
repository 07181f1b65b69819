package dockerfile

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Limits for files from strangers. The line's is BuildKit's own.
const (
	MaxSize = 1 << 20 // bytes of a file
	maxLine = 64<<10 - 1
)

var directive = lazyre.New(`^([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$`)

// parser reads the lines of a file.
type parser struct {
	file    *File
	rest    string
	line    int  // the last one read
	heading bool // directives may still come
	err     error
}

// Parse reads a Dockerfile. The file is never nil. The error is the first thing
// that the builder would refuse; it names the line and does not wrap anything.
func Parse(src []byte) (*File, error) {
	p := &parser{file: &File{Escape: '\\'}, heading: true}
	if len(src) > MaxSize {
		return p.file, msg.Errorf("read Dockerfile: %d bytes are more than the %d that are looked at", "读取 Dockerfile：%d 字节，超过可读取的上限 %d 字节", len(src), MaxSize)
	}
	p.rest = string(bytes.TrimPrefix(src, []byte("\ufeff")))
	for {
		text, ok := p.next()
		if !ok {
			break
		}
		p.instruction(text)
	}
	if len(p.file.Instructions) == 0 && p.err == nil {
		p.err = msg.Errorf("read Dockerfile: no instruction in it", "读取 Dockerfile：其中没有任何指令")
	}
	return p.file, p.err
}

// refuse keeps the first error. Reading goes on: what comes behind is of interest
// to those who look at drafts.
func (p *parser) refuse(line int, en, zh string, args ...any) {
	if p.err == nil {
		p.err = msg.Errorf("read Dockerfile: line %d: %w", "读取 Dockerfile：第 %d 行：%w", line, msg.Errorf(en, zh, args...))
	}
}

// next returns the next line with its line end.
func (p *parser) next() (string, bool) {
	if p.rest == "" {
		return "", false
	}
	i := strings.IndexByte(p.rest, '\n') + 1
	if i == 0 {
		i = len(p.rest)
	}
	line := p.rest[:i]
	p.rest = p.rest[i:]
	p.line++
	if len(line) > maxLine {
		p.refuse(p.line, "longer than %d bytes", "超过 %d 字节", maxLine)
		p.rest = ""
		return "", false
	}
	return line, true
}

// instruction reads the one that begins on a line, if one does.
func (p *parser) instruction(text string) {
	text = strings.TrimLeftFunc(strings.TrimRight(text, "\r\n"), unicode.IsSpace)
	if p.directive(text) || p.comment(text) {
		return
	}
	start := p.line
	var j joiner
	text, more := p.continued(text)
	if text == "" && !more {
		return
	}
	j.line(text, p.line)
	for more {
		if text, more = p.next(); !more {
			break
		}
		text = strings.TrimRight(text, "\r\n")
		if p.comment(text) || strings.TrimSpace(text) == "" {
			more = true
			continue
		}
		text, more = p.continued(text)
		j.line(text, p.line)
	}
	in := p.parse(j.text().trim(), start, false)
	in.Line = start
	p.documents(&in)
	in.End = p.line
	p.file.Instructions = append(p.file.Instructions, in)
}

// directive reads a parser directive. They end with the first line that is none.
func (p *parser) directive(text string) bool {
	if !p.heading {
		return false
	}
	text, isComment := strings.CutPrefix(text, "#")
	m := directive.Re().FindStringSubmatch(strings.TrimLeftFunc(text, unicode.IsSpace))
	if m == nil || !isComment {
		p.heading = false
		return false
	}
	d := Directive{Name: strings.ToLower(m[1]), Value: m[2], Line: p.line}
	if d.Name != "syntax" && d.Name != "escape" && d.Name != "check" {
		p.heading = false
		return false
	}
	for _, earlier := range p.file.Directives {
		if earlier.Name == d.Name {
			p.refuse(p.line, "a second directive %s", "重复的 %s 指示", d.Name)
		}
	}
	if d.Name == "escape" {
		if d.Value != "`" && d.Value != `\` {
			p.refuse(p.line, "the escape character is %q, not \\ or `", "转义字符是 %q，只能是 \\ 或 `", d.Value)
		} else {
			p.file.Escape = d.Value[0]
		}
	}
	p.file.Directives = append(p.file.Directives, d)
	return true
}

func (p *parser) comment(text string) bool {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	if !strings.HasPrefix(text, "#") {
		return false
	}
	p.file.Comments = append(p.file.Comments, Comment{Text: strings.TrimSpace(text[1:]), Line: p.line})
	return true
}

// continued cuts the escape character off the end of a line that goes on. One
// that is escaped itself does not count.
func (p *parser) continued(text string) (string, bool) {
	t := strings.TrimRight(text, " \t")
	escape := string(p.file.Escape)
	cut, ok := strings.CutSuffix(t, escape)
	if !ok || strings.HasSuffix(cut, escape) {
		return text, false
	}
	return cut, true
}

// documents reads the bodies of here-documents, which follow the instruction.
func (p *parser) documents(in *Instruction) {
	to := in
	if in.On != nil {
		to = in.On
	}
	switch to.Name {
	case "RUN", "COPY", "ADD":
	default:
		return
	}
	if to.JSON {
		return
	}
	docs, chomp := announced(in.All.s)
	for i, d := range docs {
		var body strings.Builder
		d.Line = p.line + 1
		for {
			text, ok := p.next()
			if !ok {
				p.refuse(in.Line, "the here-document %q has no end", "here-document %q 没有结束行", d.Name)
				break
			}
			end := strings.TrimRight(text, "\r\n")
			if chomp[i] {
				end = strings.TrimLeft(end, "\t")
			}
			if end == d.Name {
				break
			}
			body.WriteString(text)
		}
		d.Body = body.String()
		if chomp[i] {
			d.Body = tabs.Re().ReplaceAllString(d.Body, "")
		}
		to.Docs = append(to.Docs, d)
	}
	to.End = p.line
}
