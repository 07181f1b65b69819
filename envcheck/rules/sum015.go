package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum015 = envcheck.Rule{
	Code:     "SUM015",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOSUMDB asks a host that no longer exists", ZH: "GOSUMDB 访问的主机已不存在"},
	Why: msg.Text{
		EN: "A URL in GOSUMDB is dialled directly, past every mirror. This one was shut down, so each module that go.sum does not know yet fails. The table behind this rule is of " + hostsAsOf + ".",
		ZH: "GOSUMDB 中的 URL 会绕过所有镜像直接访问。该主机已停止服务，凡 go.sum 中还没有的模块都会失败。本规则所用的表整理于 " + hostsAsOf + "。",
	},
	Fix:    msg.Text{EN: "Remove the setting.", ZH: "删除该设置。"},
	Before: `GOSUMDB="sum.golang.org https://gocenter.io/sumdb/sum.golang.org"`,
	After:  `go env -u GOSUMDB`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range sumValues(v) {
			db, err := goenv.ParseSumDB(s.Value)
			if err != nil {
				continue
			}
			if d, dead := deadHostOf(db.URL); dead {
				out = append(out, sumFinding(s, msg.Textf("GOSUMDB asks %[1]s: %[2]v", "GOSUMDB 访问 %[1]s：%[2]v", db.URL.Host, d.why), publicSumDB(v, s, true)))
			}
		}
		return out
	},
}
