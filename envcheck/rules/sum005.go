package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum005 = envcheck.Rule{
	Code:     "SUM005",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "GOSUMDB goes past a mirror that carries the database", ZH: "GOSUMDB 绕过了本可代理数据库的镜像"},
	Why: msg.Text{
		EN: "sum.golang.google.cn, and any URL in GOSUMDB, is dialled directly, never through GOPROXY: one more host that firewalls must let through, and that learns the modules' names.",
		ZH: "sum.golang.google.cn 以及 GOSUMDB 中的任何 URL 都是直连，从不经过 GOPROXY：防火墙要多放行一台主机，它也会得知模块名。",
	},
	Fix:    msg.Text{EN: "Remove the setting: the mirror answers for the database, and every answer is still verified with the database's key.", ZH: "删除该设置：镜像会代答，且每个应答仍用数据库的密钥验证。"},
	Before: `GOSUMDB=sum.golang.google.cn`,
	After:  `go env -u GOSUMDB`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		s := v.InForce("GOSUMDB")
		if v.SumDBErr != nil || !v.SumDB.Public() || v.SumDB.URL == nil || len(v.Policy.GOSUMDB) > 0 {
			return nil
		}
		l := proxyInForce(v)
		r, known := routeSum(v, l)
		if !known || r.carrier < 0 {
			return nil
		}
		f := sumFinding(s, msg.Textf("GOSUMDB goes to %[1]s although %[2]s carries %[3]s", "GOSUMDB 直连 %[1]s，而 %[2]s 已可代理 %[3]s", v.SumDB.URL.Host, word(l.entries[r.carrier]), goenv.PublicSumDB), publicSumDB(v, s, false))
		return []envcheck.Finding{f}
	},
}
