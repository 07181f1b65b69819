package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv003 = envcheck.Rule{
	Code:     "PRV003",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A private pattern has a scheme", ZH: "私有模块模式带有协议前缀"},
	Why: msg.Text{
		EN: "Patterns are compared with module paths, which have no scheme. The entry matches nothing, without a word, and the names that it should protect are asked of everybody.",
		ZH: "模式是与模块路径比较的，而模块路径没有协议前缀。该项什么也匹配不到，也没有任何提示，本应受保护的名称会被到处查询。",
	},
	Fix: msg.Text{
		EN: "Write the host alone.",
		ZH: "只写主机名。",
	},
	Before: `GOPRIVATE=https://git.corp.example`,
	After:  `GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return badPatterns(v, func(p goenv.Pattern) bool { return hasScheme(p.Raw) }, func(key, pattern string) msg.Text {
			return msg.Textf("%[1]s has the entry %[2]q: with a scheme it matches no module", "%[1]s 中的 %[2]q 带有协议前缀，匹配不到任何模块", key, pattern)
		})
	},
}
