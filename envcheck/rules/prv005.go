package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv005 = envcheck.Rule{
	Code:     "PRV005",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Private patterns are not separated by commas", ZH: "私有模块模式之间不是用半角逗号分隔"},
	Why: msg.Text{
		EN: "Only a comma separates patterns. With a semicolon, a space or a full-width comma all of them are one long pattern that matches nothing.",
		ZH: "模式只能用半角逗号分隔。若使用分号、空格或全角逗号，所有内容会被视为一个长模式，什么也匹配不到。",
	},
	Fix: msg.Text{
		EN: "Separate them by commas, without spaces.",
		ZH: "用半角逗号分隔，不要加空格。",
	},
	Before: `GOPRIVATE=git.corp.example;git.other.example`,
	After:  `GOPRIVATE=git.corp.example,git.other.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return badPatterns(v, func(p goenv.Pattern) bool { return separated(p.Raw) }, func(key, pattern string) msg.Text {
			return msg.Textf("%[1]s has the entry %[2]q: only a comma separates patterns, so this is one that matches no module", "%[1]s 中的 %[2]q 没有用半角逗号分隔，被视为一个匹配不到任何模块的模式", key, pattern)
		})
	},
}
