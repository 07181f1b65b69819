package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv007 = envcheck.Rule{
	Code:     "PRV007",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A private pattern is written in another notation", ZH: "私有模块模式用了其他写法"},
	Why: msg.Text{
		EN: "Patterns are globs of path elements: * stays within one element, and a pattern matches everything below it. Regular expressions, \"/...\", \"//\", clone addresses and \".git\" match nothing.",
		ZH: "模式是按路径元素匹配的通配符：* 不跨越斜杠，且模式自动匹配其下所有路径。正则表达式、“/...”、“//”、克隆地址以及 “.git” 后缀都匹配不到任何模块。",
	},
	Fix: msg.Text{
		EN: "Write the host, or host and group; what lies below is included.",
		ZH: "写主机名，或主机名加组名即可，其下的内容自动包含在内。",
	},
	Before: `GOPRIVATE=git.corp.example/team/...`,
	After:  `GOPRIVATE=git.corp.example/team`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return badPatterns(v, func(p goenv.Pattern) bool { return foreign(p.Raw) }, func(key, pattern string) msg.Text {
			return msg.Textf("%[1]s has the entry %[2]q: this is not how patterns are written, and it matches no module as meant", "%[1]s 中的 %[2]q 不是模式的正确写法，达不到预期的匹配效果", key, pattern)
		})
	},
}
