package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx001 = envcheck.Rule{
	Code:     "PRX001",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOPROXY names no mirror at all", ZH: "GOPROXY 中没有任何条目"},
	Why: msg.Text{
		EN: "A value of nothing but separators or spaces, or an empty line in an env file, is not the default: every download stops with \"GOPROXY list is not the empty string, but contains no entries\".",
		ZH: "只有分隔符或空格的值，或 env 文件中的空值，并不等于默认值：任何下载都会以 “GOPROXY list is not the empty string, but contains no entries” 中止。",
	},
	Fix:    msg.Text{EN: "Remove the setting, or name a mirror.", ZH: "删除该设置，或填写一个镜像。"},
	Before: `GOPROXY=,`,
	After:  `go env -u GOPROXY`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, l := range proxyLists(v) {
			if len(l.entries) == 0 {
				out = append(out, *l.finding(msg.Textf("GOPROXY is %[1]q, which names no mirror", "GOPROXY 的值为 %[1]q，其中没有任何条目", l.Value), v.FixProxy(l.Setting, true)))
			}
		}
		return out
	},
}
