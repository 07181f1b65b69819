package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum009 = envcheck.Rule{
	Code:     "SUM009",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GONOSUMDB exempts every module from verification", ZH: "GONOSUMDB 使所有模块都免于校验"},
	Why: msg.Text{
		EN: "A pattern such as * matches every module path: it is GOSUMDB=off by another name, and changed code is built without a word.",
		ZH: "* 之类的模式匹配一切模块路径：等于换个名字的 GOSUMDB=off，被篡改的代码会不声不响地参与构建。",
	},
	Fix:    msg.Text{EN: "Name the private hosts only.", ZH: "只写私有主机。"},
	Before: `GONOSUMDB=*`,
	After:  `GONOSUMDB=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GONOSUMDB") {
			if !literal(s) {
				continue
			}
			var wide, rest []string
			for _, p := range goenv.ParsePatterns(s.Value) {
				if matchesAll(p) {
					wide = append(wide, p.Raw)
				} else {
					rest = append(rest, p.Raw)
				}
			}
			if len(wide) == 0 {
				continue
			}
			fix := v.FixUnset(s, false)
			if len(rest) > 0 {
				fix = v.FixSet(s, strings.Join(rest, ","), false)
			}
			out = append(out, envcheck.Finding{Subject: "GONOSUMDB", Where: s.Place, Fix: fix,
				Message:  msg.Textf("the pattern %[1]q in GONOSUMDB matches every module", "GONOSUMDB 中的模式 %[1]q 匹配所有模块", wide[0]),
				Evidence: []envcheck.Evidence{{Name: "GONOSUMDB", Value: s.Value, Place: s.Place}}})
		}
		return out
	},
}

// matchesAll reports whether a pattern matches public modules of every sort.
func matchesAll(p goenv.Pattern) bool {
	return !slices.ContainsFunc([]string{"github.com/a/b", "golang.org/x/mod", "gopkg.in/yaml.v3", "k8s.io/api", "gitee.com/a/b"},
		func(path string) bool { return !p.Matches(path) })
}
