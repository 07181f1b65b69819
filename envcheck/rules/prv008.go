package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv008 = envcheck.Rule{
	Code:     "PRV008",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A private pattern does not cover the subdomains it is meant for", ZH: "私有模块模式没有覆盖想要的子域名"},
	Why: msg.Text{
		EN: "A pattern names hosts as they are: corp.example is that host alone, .corp.example is none at all. Every subdomain is *.corp.example.",
		ZH: "模式按主机名原样匹配：corp.example 仅指该主机，.corp.example 则什么也不指。要匹配全部子域名，须写 *.corp.example。",
	},
	Fix: msg.Text{
		EN: "Write *.corp.example, and corp.example too if modules live there.",
		ZH: "写成 *.corp.example；若该域名本身也有模块，再加上 corp.example。",
	},
	Before: `GOPRIVATE=.corp.example`,
	After:  `GOPRIVATE=corp.example,*.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return badPatterns(v, func(p goenv.Pattern) bool { return strings.HasPrefix(p.Raw, ".") || bareDomain(v, p) }, func(key, pattern string) msg.Text {
			return msg.Textf("%[1]s has the entry %[2]q, which does not match the hosts below it", "%[1]s 中的 %[2]q 不匹配其下的子域名", key, pattern)
		})
	},
}

// bareDomain reports a domain that matches none of the modules whose hosts are
// known to be below it.
func bareDomain(v *envcheck.View, p goenv.Pattern) bool {
	if leak.Registrable(p.Raw) != p.Raw || p.Raw == "" {
		return false
	}
	for _, m := range v.Exposures {
		host, _, _ := strings.Cut(m.Path, "/")
		if strings.HasSuffix(host, "."+p.Raw) && !m.Local {
			return !goenv.MatchPatterns(v.Env.Get("GOPRIVATE"), m.Path)
		}
	}
	return false
}
