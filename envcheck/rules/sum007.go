package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum007 = envcheck.Rule{
	Code:     "SUM007",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "No way leads to the checksum database", ZH: "无法访问校验和数据库"},
	Why: msg.Text{
		EN: "No mirror in GOPROXY carries the database, so its own host is asked, and that does not answer from here. Every module that go.sum does not know yet fails with a network error. That is not a mismatch, and no reason to turn verification off.",
		ZH: "GOPROXY 中没有镜像代理该数据库，只能访问其自身主机，而从这里无法访问。凡是 go.sum 中还没有的模块都会因网络错误而失败。这并不是校验和不匹配，也不是关闭校验的理由。",
	},
	Fix:    msg.Text{EN: "Use a mirror that carries the database, such as goproxy.cn, or the address that is reachable in mainland China.", ZH: "使用代理该数据库的镜像（如 goproxy.cn），或使用中国大陆可访问的地址。"},
	Before: "GOPROXY=https://goproxy.corp.example,direct",
	After:  "GOSUMDB=sum.golang.google.cn",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		l := proxyInForce(v)
		if v.SumDBErr != nil || v.SumDB.Off || v.SumDB.URL != nil {
			return nil
		}
		r, known := routeSum(v, l)
		d, asked := directSum(v)
		if !known || !r.direct || !asked || d.Class == "ok" {
			return nil
		}
		s := v.InForce("GOSUMDB")
		s.Key = "GOSUMDB"
		var fix *envcheck.Fix
		if v.SumDB.Public() && len(v.Policy.GOSUMDB) == 0 {
			fix = v.FixSet(s, goenv.PublicSumDBAlias, false)
		}
		f := sumFinding(s, msg.Textf("no mirror carries %[1]s, and it does not answer itself (%[2]s)", "没有镜像代理 %[1]s，其自身也无法访问（%[2]s）", v.SumDB.Name, d.Class), fix)
		f.Subject = v.SumDB.Name
		return []envcheck.Finding{f}
	},
}
