package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx025 = envcheck.Rule{
	Code:     "PRX025",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOPROXY=direct uses no mirror", ZH: "GOPROXY=direct 不经任何镜像"},
	Why: msg.Text{
		EN: "Every module comes by git from the host in its path, which is slow, filtered or gone for some of them; in mainland China that is a warning. It is not offline, and it skips mirrors, not verification: the checksum database is still asked, straight at its own host.",
		ZH: "所有模块都用 git 从其路径中的主机获取，其中有的缓慢、被过滤或已不存在；在中国大陆这是一项警告。它并不是离线，跳过的也只是镜像而非校验：校验和数据库仍会被访问，且是直连其主机。",
	},
	Fix:    msg.Text{EN: "Name mirrors before direct; private modules go direct by GOPRIVATE.", ZH: "在 direct 之前写上镜像；私有模块通过 GOPRIVATE 直连。"},
	Before: "GOPROXY=direct",
	After:  "GOPROXY='" + envcheck.MirrorsCN + "'",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, l := range proxyLists(v) {
			if v.Profile.AirGap || len(l.entries) == 0 || l.entries[0].Word != "direct" || mirrorAfterDirect(l) ||
				l.Place.Origin == string(goenv.FromGoroot) && !(l.InForce && v.Profile.China) { // a distribution's choice
				continue
			}
			f := l.finding(msg.Text{EN: "GOPROXY is direct: no mirror is used", ZH: "GOPROXY 为 direct：不使用任何镜像"}, v.FixProxy(l.Setting, false))
			if !v.Profile.China {
				f.Severity = envcheck.Info
			}
			out = append(out, *f)
		}
		return out
	},
}
