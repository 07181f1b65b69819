package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv006 = envcheck.Rule{
	Code:     "PRV006",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A private pattern has a port", ZH: "私有模块模式带有端口"},
	Why: msg.Text{
		EN: "A module path cannot hold a colon, so a pattern with a port matches nothing. The port belongs into the go-import answer of the host, or into git's insteadOf.",
		ZH: "模块路径中不能有冒号，带端口的模式匹配不到任何模块。端口应写在主机返回的 go-import 信息或 git 的 insteadOf 中。",
	},
	Fix: msg.Text{
		EN: "Drop the port.",
		ZH: "去掉端口。",
	},
	Before: `GOPRIVATE=git.corp.example:8443`,
	After:  `GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return badPatterns(v, func(p goenv.Pattern) bool { return hasPort(p.Raw) }, func(key, pattern string) msg.Text {
			return msg.Textf("%[1]s has the entry %[2]q: no module path has a port, so it matches nothing", "%[1]s 中的 %[2]q 带有端口，而模块路径不含端口，因此什么也匹配不到", key, pattern)
		})
	},
}
