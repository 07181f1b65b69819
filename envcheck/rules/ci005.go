package rules

import (
	"cmp"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci005 = envcheck.Rule{
	Code:     "CI005",
	Severity: envcheck.Error,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "An ENV instruction uses a variable that it sets itself", ZH: "ENV 指令引用了自己正在设置的变量"},
	Why: msg.Text{
		EN: "Docker replaces the variables of an instruction by what they were before it. ENV GOROOT=/usr/local/go PATH=$GOROOT/bin:$PATH puts /bin into PATH, and go is not found.",
		ZH: "Docker 用该指令之前的值替换其中的变量。ENV GOROOT=/usr/local/go PATH=$GOROOT/bin:$PATH 实际把 /bin 放进了 PATH，因而找不到 go。",
	},
	Fix: msg.Text{
		EN: "Use two instructions, or write the path out. GOROOT is not needed at all.",
		ZH: "拆成两条指令，或直接写出路径。GOROOT 完全不需要设置。",
	},
	Before: `ENV GOPATH=/go PATH=$GOPATH/bin:/usr/local/go/bin:$PATH`,
	After:  "ENV GOPATH=/go\nENV PATH=$GOPATH/bin:/usr/local/go/bin:$PATH",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for i := range v.CIFiles {
			f := &v.CIFiles[i]
			if f.Kind != envcheck.FromDocker {
				continue
			}
			for _, stage := range stages(f) {
				before := map[string]string{}
				for _, l := range stage {
					word, rest := instruction(l.Text)
					if word != "ENV" && word != "ARG" {
						continue
					}
					pairs := dockerPairs(rest)
					if word == "ENV" {
						out = append(out, selfUse(f, l, pairs, before)...)
					}
					for _, p := range pairs {
						before[p.key] = p.value
					}
				}
			}
		}
		return out
	},
}

type envPair struct{ key, value string }

// selfUse returns a finding for each variable that is put together from others
// of the same instruction.
func selfUse(f *envcheck.CIFile, l envcheck.CILine, pairs []envPair, before map[string]string) []envcheck.Finding {
	where := envcheck.Place{Origin: f.Kind, File: f.Path, Line: l.Line}
	var out []envcheck.Finding
	for _, p := range pairs {
		var names []string
		evidence := []envcheck.Evidence{{Name: "ENV", Value: l.Text, Place: where}}
		for _, used := range envUses(p.value) {
			i := slices.IndexFunc(pairs, func(o envPair) bool { return o.key == used })
			// PATH=/x:$PATH is how a value is extended; and what had the same value
			// before makes no difference.
			if old, had := before[used]; i < 0 || used == p.key || had && old == pairs[i].value {
				continue
			}
			names = append(names, "$"+used)
			evidence = append(evidence, envcheck.Evidence{Name: used + " before", Value: cmp.Or(before[used], "as in the base image"), Place: where})
		}
		if len(names) == 0 {
			continue
		}
		list := strings.Join(names, ", ")
		out = append(out, envcheck.Finding{
			Subject:  p.key,
			Where:    where,
			Message:  msg.Textf("%[1]s takes %[2]s from before this instruction, not the value set in it", "%[1]s 中的 %[2]s 取的是本指令之前的值，而不是本指令所设的值", p.key, list),
			Evidence: evidence,
			Fix:      &envcheck.Fix{Note: msg.Textf("set %[2]s in an instruction of its own, and %[1]s in the next", "先用单独的指令设置 %[2]s，再在下一条指令中设置 %[1]s", p.key, list)},
		})
	}
	return out
}

var envUse = lazyre.New(`\\\$|\$\{?(\w+)`)

// envUses are the variables in a value, each once; \$ is no variable.
func envUses(value string) []string {
	var out []string
	for _, m := range envUse.Re().FindAllStringSubmatch(value, -1) {
		if m[1] != "" && !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// dockerPairs reads K=V K="V W" of an ENV or ARG instruction; the old form ENV K V
// sets one variable.
func dockerPairs(rest string) []envPair {
	var out []envPair
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		i := strings.IndexAny(rest, "= ")
		if i < 0 {
			return append(out, envPair{key: rest})
		}
		if rest[i] == ' ' && len(out) == 0 {
			return []envPair{{key: rest[:i], value: strings.TrimSpace(rest[i:])}}
		}
		if rest[i] == ' ' {
			rest = rest[i:]
			continue
		}
		key := rest[:i]
		value, more := dockerValue(rest[i+1:])
		out, rest = append(out, envPair{key, value}), more
	}
	return out
}

// dockerValue cuts one value off at the first blank that is not in quotes. A $
// in single quotes stays what it is: it comes out as \$.
func dockerValue(s string) (value, rest string) {
	var b strings.Builder
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && c == ' ':
			return b.String(), s[i:]
		case quote == '\'' && c == '$':
			b.WriteString(`\$`)
		case c == '\\' && quote != '\'' && i+1 < len(s):
			b.WriteByte(c)
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}
