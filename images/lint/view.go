package lint

import (
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/dockerfile"
	"github.com/yingzao-dev/yingzao/internal/shellscript"
)

// view is a Dockerfile as rules see it.
type view struct {
	file   *dockerfile.File
	stages []*stage // a file without FROM is one stage on an unknown base
	before []setting
}

// stage is one stage with what its scripts do.
type stage struct {
	dockerfile.Stage
	from     bool   // false for the stage of a fragment
	ref      string // the base, variables filled in; "" = not known, or an earlier stage
	platform string // likewise
	parent   *stage // the earlier stage that it goes on from
	system          // of the base at the root of the chain
	settings []setting
	runs     []run
	packages map[string]bool // package managers that it installs
	sets     map[string]bool // the keys of settings that have a value
	vars     vars            // as they are at the end
	env      vars            // those of them that ENV set: a stage that goes on from this one has them
}

// setting is one variable that is set.
type setting struct {
	key, value string // value with variables filled in as far as they are known
	how        string // ENV, ARG, RUN
	set        bool   // ARG K has no value
	line       int
}

// run is one RUN instruction.
type run struct {
	in   *dockerfile.Instruction
	line int
	cmds []command
}

// vars are the variables whose values are known.
type vars map[string]string

// fill replaces variables; ok is false when one of them is not known.
func (v vars) fill(s string) (string, bool) {
	if !strings.Contains(s, "$") {
		return s, true
	}
	if strings.Contains(s, "$(") || strings.Contains(s, "`") || len(s) > 1<<10 {
		return s, false
	}
	word := shellscript.Word(s)
	if word == nil {
		return s, false
	}
	var b strings.Builder
	if !v.expand(&b, word.Parts) {
		return s, false
	}
	return b.String(), true
}

// expand writes the parts of a word; false when one is not known. It knows $K,
// ${K}, and the defaults and alternatives that builders know.
func (v vars) expand(b *strings.Builder, parts []syntax.WordPart) bool {
	for _, part := range parts {
		if b.Len() > 2<<10 {
			return false
		}
		if lit, ok := part.(*syntax.Lit); ok {
			b.WriteString(literal(lit.Value, true))
			continue
		}
		p, ok := part.(*syntax.ParamExp)
		if !ok || !named(p) {
			return false
		}
		value, set := v[p.Param.Value]
		if p.Exp == nil {
			b.WriteString(value)
			if !set {
				return false
			}
			continue
		}
		other := false // the word behind the operator instead of the value
		switch p.Exp.Op {
		case syntax.DefaultUnset:
			other = !set
		case syntax.DefaultUnsetOrNull:
			other = value == ""
		case syntax.AlternateUnset:
			other, value = set, ""
		case syntax.AlternateUnsetOrNull:
			other, value = value != "", ""
		default:
			return false
		}
		if !other {
			b.WriteString(value)
		} else if p.Exp.Word != nil && !v.expand(b, p.Exp.Word.Parts) {
			return false
		}
	}
	return true
}

// named reports whether an expansion is about one variable: no ${#K}, ${!K},
// ${K[0]}, ${K:1:2}, ${K/a/b}.
func named(p *syntax.ParamExp) bool {
	return p.Param != nil && p.Repl == nil && p.Slice == nil && p.Index == nil && !p.Length && !p.Excl && !p.Width && p.Names == 0
}

func newView(f *dockerfile.File, m *matrix.Matrix) *view {
	v := &view{file: f}
	before, stages := f.Stages()
	global := vars{}
	for i := range before {
		for _, p := range before[i].Pairs {
			value, ok := global.fill(p.Value)
			if ok && p.Set {
				global[p.Key] = value
			}
			v.before = append(v.before, setting{p.Key, value, before[i].Name, p.Set, p.Line})
		}
	}
	if len(stages) == 0 {
		s := &stage{Stage: dockerfile.Stage{Line: 1, Instructions: before}, sets: map[string]bool{}, packages: map[string]bool{}, vars: vars{}, env: vars{}}
		v.before = nil
		s.read(global)
		v.stages = []*stage{s}
		return v
	}
	for _, ds := range stages {
		s := &stage{Stage: ds, from: true, sets: map[string]bool{}, packages: map[string]bool{}, vars: vars{}, env: vars{}}
		base, ok := global.fill(ds.Base)
		platform, okPlatform := global.fill(ds.Platform)
		if okPlatform {
			s.platform = platform
		}
		if s.parent = v.named(base); ok && s.parent == nil {
			s.ref = base
			s.system = known(base, s.platform, m)
		}
		if p := s.parent; p != nil {
			s.system, s.platform = p.system, p.platform
			s.vars, s.env = maps.Clone(p.env), maps.Clone(p.env)
		}
		s.read(global)
		v.stages = append(v.stages, s)
	}
	return v
}

// named finds an earlier stage by its name.
func (v *view) named(name string) *stage {
	for i := len(v.stages) - 1; i >= 0 && name != ""; i-- {
		if v.stages[i].Name == strings.ToLower(name) {
			return v.stages[i]
		}
	}
	return nil
}

// chain is the stage and those that it goes on from, itself first.
func (s *stage) chain() []*stage {
	var out []*stage
	for ; s != nil; s = s.parent {
		out = append(out, s)
	}
	return out
}

// final is the stage that becomes the image.
func (v *view) final() *stage { return v.stages[len(v.stages)-1] }

// kept are the stages whose layers are in the image.
func (v *view) kept() []*stage { return v.final().chain() }

func (s *stage) read(global vars) {
	for i := range s.Instructions {
		in := &s.Instructions[i]
		line := in.Line
		if in.On != nil {
			in = in.On
		}
		switch in.Name {
		case "ENV", "ARG":
			after := vars{} // all of one ENV see what was before it
			var lost []string
			for _, p := range in.Pairs {
				value, ok := s.vars.fill(p.Value)
				if !p.Set {
					value, ok = global[p.Key]
				}
				if ok {
					after[p.Key] = value
				} else {
					lost = append(lost, p.Key)
				}
				s.add(setting{p.Key, value, in.Name, p.Set, p.Line})
			}
			for _, k := range lost {
				delete(s.vars, k)
				delete(s.env, k)
			}
			maps.Copy(s.vars, after)
			if in.Name == "ENV" {
				maps.Copy(s.env, after)
			}
		case "RUN":
			r := run{in: in, line: line}
			r.cmds = s.commands(in)
			for _, c := range r.cmds {
				for _, a := range c.args {
					if _, manager := managers[a]; manager && slices.Contains(installers, c.name) {
						s.packages[a] = true
					}
				}
			}
			s.runs = append(s.runs, r)
		}
	}
}

// has reports whether a variable is set for a stage by any means.
func (s *stage) has(key string) bool {
	return slices.ContainsFunc(s.chain(), func(c *stage) bool { return c.sets[key] })
}

// add records a setting.
func (s *stage) add(set setting) {
	s.settings = append(s.settings, set)
	if set.set {
		s.sets[set.key] = true
	}
}
