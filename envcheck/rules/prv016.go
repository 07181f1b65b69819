package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv016 = envcheck.Rule{
	Code:     "PRV016",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "What the organisation calls private is not protected here", ZH: "组织规定的私有模块在此未受保护"},
	Why: msg.Text{
		EN: "The policy names patterns of private modules. The go command knows nothing of the policy: as long as GONOPROXY and GONOSUMDB (by default GOPRIVATE) do not match them too, the first module that is needed is asked outside.",
		ZH: "策略文件列出了私有模块的模式，但 go 命令并不读取策略：只要 GONOPROXY 与 GONOSUMDB（默认取 GOPRIVATE）没有同样匹配，首次用到的模块就会被外部得知。",
	},
	Fix: msg.Text{
		EN: "Add the patterns to GOPRIVATE.",
		ZH: "把这些模式加入 GOPRIVATE。",
	},
	Before: `check.private: [git.corp.example] and an empty GOPRIVATE`,
	After:  `go env -w GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, key := range []string{"GONOPROXY", "GONOSUMDB"} {
			open := uncovered(v.Policy.Private, v.Env.Get(key))
			to := strings.Join(outsideMirrors(v), ", ")
			if key == "GONOSUMDB" {
				to = outsideSumDB(v)
			}
			if len(open) == 0 || to == "" {
				continue
			}
			s := v.InForce(key)
			f := envcheck.Finding{Subject: key, Where: s.Place, Fix: coverFix(v, key, key == "GONOPROXY" && knownStrangers(v)),
				Message: msg.Textf("%[1]s does not match %[2]s, which the policy calls private: %[3]s would learn the names", "%[1]s 不匹配策略中规定为私有的 %[2]s：名称会被 %[3]s 得知", key, strings.Join(open, ", "), to)}
			for _, p := range open {
				f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "check.private", Value: p, Place: envcheck.Place{File: v.Policy.File}})
			}
			out = append(out, f)
		}
		return out
	},
}
