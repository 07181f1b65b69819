package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv011 = envcheck.Rule{
	Code:     "PRV011",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GONOPROXY or GONOSUMDB takes GOPRIVATE out of force", ZH: "GONOPROXY 或 GONOSUMDB 使 GOPRIVATE 失效"},
	Why: msg.Text{
		EN: "GOPRIVATE is only the default of the two others: a value of their own replaces it, it does not add to it. What GOPRIVATE alone names is then asked outside.",
		ZH: "GOPRIVATE 只是另外两个变量的默认值：它们一旦有了自己的值，就取代而不是补充 GOPRIVATE。只写在 GOPRIVATE 中的模块仍会被外部得知。",
	},
	Fix: msg.Text{
		EN: "Remove the setting, so that GOPRIVATE counts again.",
		ZH: "删除该设置，让 GOPRIVATE 重新生效。",
	},
	Before: `GOPRIVATE=git.corp.example with GONOPROXY=git.other.example`,
	After:  `go env -u GONOPROXY`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, key := range []string{"GONOPROXY", "GONOSUMDB"} {
			s := v.InForce(key)
			lost := narrower(v, s)
			if s.Value == "" || len(lost) == 0 || key == "GONOPROXY" && len(outsideMirrors(v)) == 0 || key == "GONOSUMDB" && outsideSumDB(v) == "" {
				continue // GONOPROXY=none is right where the house's own mirrors serve everything
			}
			out = append(out, envcheck.Finding{Subject: key, Where: s.Place, Fix: coverFix(v, key, false),
				Message:  msg.Textf("%[1]s replaces GOPRIVATE and does not match %[2]s", "%[1]s 取代了 GOPRIVATE，却不匹配 %[2]s", key, strings.Join(lost, ", ")),
				Evidence: []envcheck.Evidence{{Name: key, Value: s.Value, Place: s.Place}, {Name: "GOPRIVATE", Value: v.Env.Get("GOPRIVATE"), Place: v.InForce("GOPRIVATE").Place}}})
		}
		return out
	},
}
