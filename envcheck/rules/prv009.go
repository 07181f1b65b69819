package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv009 = envcheck.Rule{
	Code:     "PRV009",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A private pattern has the wrong case", ZH: "私有模块模式的大小写不对"},
	Why: msg.Text{
		EN: "Patterns tell upper case from lower case, and the host in a module path is always lower case. A pattern in another case matches nothing.",
		ZH: "模式区分大小写，而模块路径中的主机名总是小写。大小写不符的模式匹配不到任何模块。",
	},
	Fix: msg.Text{
		EN: "Write it as the module path has it.",
		ZH: "与模块路径保持一致。",
	},
	Before: `GOPRIVATE=Git.Corp.example`,
	After:  `GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return badPatterns(v, func(p goenv.Pattern) bool { return upperHost(p.Raw) || otherCase(v, p) }, func(key, pattern string) msg.Text {
			return msg.Textf("%[1]s has the entry %[2]q, which matches no module because of its case", "%[1]s 中的 %[2]q 因大小写不符而匹配不到任何模块", key, pattern)
		})
	},
}

// otherCase reports a pattern that would match a known module if case did not
// count.
func otherCase(v *envcheck.View, p goenv.Pattern) bool {
	if p.Raw == strings.ToLower(p.Raw) {
		return false
	}
	near := false
	for _, m := range v.Exposures {
		if p.Matches(m.Path) {
			return false
		}
		near = near || goenv.MatchPatterns(strings.ToLower(p.Raw), strings.ToLower(m.Path))
	}
	return near
}
