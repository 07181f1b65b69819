package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx003 = envcheck.Rule{
	Code:     "PRX003",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "direct or off in GOPROXY has something attached to it", ZH: "GOPROXY 中的 direct 或 off 带有多余字符"},
	Why: msg.Text{
		EN: "\"direct/\" looks like a host name to the go command: it puts https:// in front and asks a machine called direct, which fails with \"no such host\". \"direct;\" is refused at once.",
		ZH: "“direct/” 在 go 命令看来是主机名：它会补上 https:// 去访问名为 direct 的主机，结果是 “no such host”；“direct;” 则直接被拒绝。",
	},
	Fix:    msg.Text{EN: "Write the bare word.", ZH: "只保留该单词本身。"},
	Before: `GOPROXY=https://goproxy.cn,direct/`,
	After:  `GOPROXY=https://goproxy.cn,direct`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachEntry(v, func(l proxyList, i int, p goenv.Proxy) *envcheck.Finding {
			meant := dressedWord(p)
			if meant == "" {
				return nil
			}
			return l.finding(msg.Textf("GOPROXY says %[1]q where %[2]s is meant", "GOPROXY 写的是 %[1]q，本意应为 %[2]s", word(p), meant), l.fix(v, l.mended(dressedWord), true))
		})
	},
}
