package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx005 = envcheck.Rule{
	Code:     "PRX005",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Quotes became part of GOPROXY", ZH: "引号成了 GOPROXY 值的一部分"},
	Why: msg.Text{
		EN: "Nobody takes quotes away in an env file or after set X=\"…\" in cmd.exe. The address then begins with a quote, and the go command stops with \"first path segment in URL cannot contain colon\".",
		ZH: "env 文件中的引号，或 cmd.exe 里 set X=\"…\" 的引号，都不会被去掉。地址因此以引号开头，go 命令会以 “first path segment in URL cannot contain colon” 中止。",
	},
	Fix:    msg.Text{EN: "Remove the quotes; in cmd.exe write set \"GOPROXY=…\".", ZH: "去掉引号；在 cmd.exe 中写作 set \"GOPROXY=…\"。"},
	Before: `GOPROXY="https://goproxy.cn,direct"`,
	After:  `GOPROXY=https://goproxy.cn,direct`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, l := range proxyLists(v) {
			if !strings.ContainsAny(l.Value, quoteMarks) {
				continue
			}
			bare := strings.Map(func(r rune) rune {
				if strings.ContainsRune(quoteMarks, r) {
					return -1
				}
				return r
			}, l.Value)
			out = append(out, *l.finding(msg.Textf("the value of GOPROXY contains quotes: %[1]s", "GOPROXY 的值中含有引号：%[1]s", mask(l.Value)), l.fix(v, strings.TrimSpace(bare), true)))
		}
		return out
	},
}
