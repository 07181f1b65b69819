package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv012 = envcheck.Rule{
	Code:     "PRV012",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A private pattern matches public modules", ZH: "私有模块模式匹配到了公共模块"},
	Why: msg.Text{
		EN: "What GOPRIVATE or GONOSUMDB matches is not verified by the checksum database: whoever answers, a mirror in between included, can change the code, and nobody notices. What GONOPROXY matches is fetched from its own host, which often cannot be reached from mainland China.",
		ZH: "GOPRIVATE 或 GONOSUMDB 匹配的模块不再经校验和数据库验证：任何应答者（包括中间镜像）都可以篡改代码而不被发觉。GONOPROXY 匹配的模块直接从源站获取，在中国大陆往往无法访问。",
	},
	Fix: msg.Text{
		EN: "Name the hosts, or groups, that are really private.",
		ZH: "只写真正私有的主机或组。",
	},
	Before: `GOPRIVATE=*`,
	After:  `GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOPRIVATE", "GONOPROXY", "GONOSUMDB") {
			for _, p := range goenv.ParsePatterns(s.Value) {
				if p.Broken || !leak.TooBroad(p.Raw) || s.Key == "GONOSUMDB" && p.Raw == "*" { // SUM009
					continue
				}
				f := envcheck.Finding{Subject: s.Key, Where: s.Place,
					Message:  msg.Textf("%[1]s has the entry %[2]q, which matches public modules", "%[1]s 中的 %[2]q 会匹配公共模块", s.Key, p.Raw),
					Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}}}
				if s.Key == "GONOPROXY" {
					f.Severity = envcheck.Warning
				}
				out = append(out, f)
			}
		}
		return out
	},
}
