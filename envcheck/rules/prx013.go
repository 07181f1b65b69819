package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx013 = envcheck.Rule{
	Code:     "PRX013",
	Severity: envcheck.Warning,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "GOPROXY names a mirror that no longer exists", ZH: "GOPROXY 中的镜像已不存在"},
	Why: msg.Text{
		EN: "Old guides still name it. At best each download loses time there; at worst the name now belongs to somebody else. The table behind this rule is of " + hostsAsOf + ".",
		ZH: "旧教程里仍有它。轻则每次下载都在它上面浪费时间，重则该域名已归他人所有。本规则所用的表整理于 " + hostsAsOf + "。",
	},
	Fix:    msg.Text{EN: "Remove it, and name a mirror that is maintained.", ZH: "删除它，改用仍在维护的镜像。"},
	Before: "GOPROXY=https://gocenter.io,direct",
	After:  "GOPROXY='" + envcheck.MirrorsCN + "'",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachEntry(v, func(l proxyList, i int, p goenv.Proxy) *envcheck.Finding {
			d, dead := deadHostOf(p.URL)
			if !dead || isOurs(v, p.URL) {
				return nil
			}
			f := l.finding(msg.Textf("%[1]s in GOPROXY: %[2]v", "GOPROXY 中的 %[1]s：%[2]v", word(p), d.why), l.instead(v, i, true))
			f.Subject = p.URL.Hostname()
			return f
		})
	},
}
