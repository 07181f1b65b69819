package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv010 = envcheck.Rule{
	Code:     "PRV010",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A private pattern is a broken glob", ZH: "私有模块模式的通配符写法有误"},
	Why: msg.Text{
		EN: "The go command ignores a malformed glob without a word, so the names that it should protect leak.",
		ZH: "go 命令会悄悄忽略格式有误的通配符，本应受保护的名称因此泄露。",
	},
	Fix: msg.Text{
		EN: "Close the bracket, or write the host in full.",
		ZH: "补全方括号，或写出完整的主机名。",
	},
	Before: `GOPRIVATE=git[12.corp.example`,
	After:  `GOPRIVATE=git1.corp.example,git2.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return badPatterns(v, func(p goenv.Pattern) bool { return p.Broken }, func(key, pattern string) msg.Text {
			return msg.Textf("%[1]s has the entry %[2]q, a malformed glob that the go command ignores", "%[1]s 中的 %[2]q 是格式有误的通配符，会被 go 命令忽略", key, pattern)
		})
	},
}
