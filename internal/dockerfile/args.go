package dockerfile

import (
	"encoding/json"
	"strings"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// how says how an instruction's arguments are written.
type how int

const (
	whole     how = iota // one string
	wholeJSON            // one string, or JSON
	blank                // words between blanks
	blankJSON            // words between blanks, or JSON
	pairs                // K=V K=V, or K V
	declared             // K K=V
	nested               // another instruction
	typed                // a word, then one string or JSON
)

func form(name string) (how, bool) {
	switch name {
	case "MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR":
		return whole, true
	case "CMD", "ENTRYPOINT", "RUN", "SHELL":
		return wholeJSON, true
	case "EXPOSE", "FROM":
		return blank, true
	case "ADD", "COPY", "VOLUME":
		return blankJSON, true
	case "ENV", "LABEL":
		return pairs, true
	case "ARG":
		return declared, true
	case "ONBUILD":
		return nested, true
	case "HEALTHCHECK":
		return typed, true
	}
	return 0, false
}

var names = []string{"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}

// parse reads one instruction from its joined text.
func (p *parser) parse(t Text, line int, deferred bool) Instruction {
	in := Instruction{All: t, Line: t.Line(0), End: p.line}
	name, rest := t.s, t.slice(len(t.s), len(t.s))
	if at := blanks.Re().FindStringIndex(t.s); at != nil {
		name, rest = t.s[:at[0]], t.slice(at[1], len(t.s))
	}
	in.Name = strings.ToUpper(name)
	in.Flags, in.Rest = flags(rest, p.file.Escape)
	kind, known := form(in.Name)
	if !known {
		p.unknown(name, line)
		return in
	}
	switch kind {
	case pairs, declared:
		p.pairs(&in, line, kind == declared)
	case nested:
		p.onbuild(&in, line, deferred)
	case typed:
		word, rest := in.Rest.s, ""
		if i := strings.IndexFunc(word, unicode.IsSpace); i >= 0 {
			word, rest = word[:i], strings.TrimLeftFunc(word[i:], unicode.IsSpace)
		}
		if word != "" {
			in.Args = append([]string{word}, p.words(&in, rest, line, wholeJSON)...)
		}
	default:
		in.Args = p.words(&in, in.Rest.s, line, kind)
	}
	return in
}

func (p *parser) unknown(name string, line int) {
	if len(name) > 40 {
		name = strings.ToValidUTF8(name[:40], "")
	}
	if near := msg.Nearest(name, names); near != "" && name != "" {
		p.refuse(line, "unknown instruction %q; did you mean %s?", "未知指令 %q；是否想写 %s？", name, near)
		return
	}
	p.refuse(line, "unknown instruction %q", "未知指令 %q", name)
}

// words splits what is not K=V.
func (p *parser) words(in *Instruction, s string, line int, kind how) []string {
	if (kind == wholeJSON || kind == blankJSON) && strings.HasPrefix(s, "[") {
		var all []any
		if json.Unmarshal([]byte(s), &all) == nil {
			in.JSON = true
			out := make([]string, 0, len(all))
			for _, v := range all {
				element, ok := v.(string)
				if !ok {
					p.refuse(line, "an element of the JSON form is no string", "JSON 形式中有元素不是字符串")
				}
				out = append(out, element)
			}
			return out
		}
	}
	switch {
	case s == "":
		return nil
	case kind == blank || kind == blankJSON:
		return blanks.Re().Split(s, -1)
	}
	return []string{s}
}

func (p *parser) pairs(in *Instruction, line int, declared bool) {
	s := in.Rest.s
	spans := words(s, p.file.Escape)
	if len(spans) == 0 {
		return
	}
	if first := s[spans[0].from:spans[0].to]; !declared && !strings.Contains(first, "=") {
		parts := blanks.Re().Split(s, 2)
		if len(parts) < 2 {
			p.refuse(line, "%s has a name and no value", "%s 只有名称而没有值", in.Name)
			return
		}
		in.Pairs = []Pair{{Key: parts[0], Raw: parts[1], Value: unquote(parts[1], p.file.Escape), Set: true, Legacy: true, Line: in.Rest.Line(0)}}
		return
	}
	for _, w := range spans {
		word := s[w.from:w.to]
		key, raw, set := strings.Cut(word, "=")
		if !set && !declared {
			p.refuse(line, "a word of %s has no =; a value with blanks needs quotes", "%s 中有一个词没有 =；含空格的值需要加引号", in.Name)
			continue
		}
		in.Pairs = append(in.Pairs, Pair{Key: key, Raw: raw, Value: unquote(raw, p.file.Escape), Set: set, Line: in.Rest.Line(w.from)})
	}
}

func (p *parser) onbuild(in *Instruction, line int, deferred bool) {
	if in.Rest.s == "" {
		return
	}
	if deferred {
		p.refuse(line, "ONBUILD in ONBUILD", "ONBUILD 中不能再有 ONBUILD")
		return
	}
	on := p.parse(in.Rest, line, true)
	in.On = &on
}
