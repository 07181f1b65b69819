package sources

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/dockerfile"
)

// dockerfile reads ENV, ARG and RUN, and keeps every instruction as a line. What
// the builder would refuse, an article's fragment for instance, is read as far as
// it goes.
func (p *parser) dockerfile(src string, line int) {
	f, _ := dockerfile.Parse([]byte(src))
	for i := range f.Instructions {
		in := &f.Instructions[i]
		at := line + in.Line - 1
		text := in.All.String()
		if in.On != nil {
			in = in.On
		}
		for _, d := range in.Docs {
			text += " " + d.Body
		}
		p.says(text, at)
		for _, kv := range in.Pairs {
			if kv.Set && in.Name != "LABEL" && !strings.ContainsAny(kv.Key, " -/$") {
				p.set(kv.Key, kv.Value, kv.Raw, line+kv.Line-1)
			}
		}
		if in.Name == "RUN" {
			p.dockerRun(in, line)
		}
	}
}

func (p *parser) dockerRun(in *dockerfile.Instruction, line int) {
	lines := p.file.Lines
	defer func() { p.file.Lines = lines }() // the instruction stands for them
	if !in.JSON {
		if script, ok := in.Script(); ok {
			p.shell(script.Spread(), line+script.Line(0)-1)
		}
		return
	}
	c := command{raw: in.Rest.String()}
	for _, a := range in.Args {
		c.words = append(c.words, word{text: a, raw: a, line: line + in.Line - 1})
	}
	if len(c.words) > 0 {
		p.command(c, func(string) bool { return false })
	}
}
