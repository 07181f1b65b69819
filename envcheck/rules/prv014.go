package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv014 = envcheck.Rule{
	Code:     "PRV014",
	Severity: envcheck.Security,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "GOINSECURE matches public hosts", ZH: "GOINSECURE 匹配到了公共主机"},
	Why: msg.Text{
		EN: "Modules that GOINSECURE matches may be fetched over plain http and from servers with any certificate, so whoever sits in between can replace their code.",
		ZH: "GOINSECURE 匹配的模块可以经明文 http 或证书无效的服务器获取，中间人可以替换其代码。",
	},
	Fix: msg.Text{
		EN: "Name the one host inside that has no certificate, and better give it one.",
		ZH: "只写没有证书的那台内部主机；更好的办法是为它配置证书。",
	},
	Before: `GOINSECURE=*`,
	After:  `GOINSECURE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOINSECURE") {
			for _, p := range goenv.ParsePatterns(s.Value) {
				first, _, _ := strings.Cut(p.Raw, "/")
				if p.Broken || !leak.TooBroad(p.Raw) && !leak.PublicHost(first) {
					continue
				}
				out = append(out, envcheck.Finding{Subject: s.Key, Where: s.Place,
					Message:  msg.Textf("GOINSECURE has the entry %[1]q, which matches public modules", "GOINSECURE 中的 %[1]q 会匹配公共模块", p.Raw),
					Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}}})
			}
		}
		return out
	},
}
