package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx008 = envcheck.Rule{
	Code:     "PRX008",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "direct stands before the mirrors in GOPROXY", ZH: "GOPROXY 中 direct 写在了镜像之前"},
	Why: msg.Text{
		EN: "The list ends at direct, so no mirror is ever asked: every module comes from its own host, which is slow or unreachable in mainland China and needs git.",
		ZH: "列表到 direct 就结束，镜像从不会被访问：所有模块都直接从其源站获取，在中国大陆缓慢甚至无法访问，还需要 git。",
	},
	Fix:    msg.Text{EN: "Put the mirrors first and direct last.", ZH: "镜像在前，direct 放在最后。"},
	Before: `GOPROXY=direct,https://goproxy.cn`,
	After:  `GOPROXY=https://goproxy.cn,direct`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, l := range proxyLists(v) {
			if !mirrorAfterDirect(l) {
				continue
			}
			var better goenv.Proxies
			for _, p := range l.entries {
				if p.Word == "" {
					if p.Sep == 0 {
						p.Sep = ','
					}
					better = append(better, p)
				}
			}
			better[len(better)-1].Sep = ','
			better = append(better, l.entries[0])
			out = append(out, *l.finding(msg.Textf("GOPROXY begins with direct, so %[1]s is never asked", "GOPROXY 以 direct 开头，%[1]s 从不会被访问", mask(joinProxies(l.entries[1:]))), l.fix(v, joinProxies(better), false)))
		}
		return out
	},
}
