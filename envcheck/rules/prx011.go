package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx011 = envcheck.Rule{
	Code:     "PRX011",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Any trouble of the mirror sends GOPROXY to the modules' own hosts", ZH: "镜像一有故障，GOPROXY 就会转向模块源站"},
	Why: msg.Text{
		EN: "A pipe before direct means: after any failure, ask the host in the module path itself. A mirror that is down or refuses a module by policy is bypassed; in mainland China the build then hangs on hosts that are slow or filtered, and git is needed.",
		ZH: "direct 之前的竖线表示：任何失败之后都直接访问模块路径中的主机。镜像宕机或按策略拒绝某模块时会被绕过；在中国大陆，构建随后会卡在缓慢或被过滤的主机上，还需要 git。",
	},
	Fix:    msg.Text{EN: "Put a comma before direct: only what the mirrors certainly do not have is fetched from its own host.", ZH: "direct 之前用逗号：只有镜像确实没有的模块才从源站获取。"},
	Before: "GOPROXY='https://goproxy.cn|direct'",
	After:  "GOPROXY=https://goproxy.cn,direct",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, l := range proxyLists(v) {
			i := slices.IndexFunc(l.entries, func(p goenv.Proxy) bool { return p.Word != "" })
			if l.Value == v.Recommended() || i < 1 || l.entries[i].Word != "direct" || !l.entries[i-1].Fallback() {
				continue
			}
			better := slices.Clone(l.entries)
			better[i-1].Sep = ','
			out = append(out, *l.finding(msg.Textf("after any failure of %[1]s the module's own host is asked", "%[1]s 出现任何失败后都会直接访问模块源站", word(l.entries[i-1])), l.fix(v, joinProxies(better), false)))
		}
		return out
	},
}
