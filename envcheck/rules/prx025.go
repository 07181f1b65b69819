package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx025 = envcheck.Rule{
	Code:     "PRX025",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOPROXY=direct uses no mirror, in mainland China", ZH: "在中国大陆使用 GOPROXY=direct，不经任何镜像"},
	Why: msg.Text{
		EN: "Every module comes by git from the host in its path, among them hosts that are slow or filtered in mainland China. The checksum database is asked too, straight at its own host: direct skips mirrors, not verification.",
		ZH: "所有模块都用 git 从其路径中的主机获取，其中不少在中国大陆缓慢或被过滤。校验和数据库同样要访问，而且是直连其主机：direct 跳过的是镜像，不是校验。",
	},
	Fix:    msg.Text{EN: "Name mirrors before direct; private modules go direct by GOPRIVATE.", ZH: "在 direct 之前写上镜像；私有模块通过 GOPRIVATE 直连。"},
	Before: "GOPROXY=direct",
	After:  "GOPROXY='" + envcheck.MirrorsCN + "'",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		l := proxyInForce(v)
		if !v.Profile.China || len(l.entries) == 0 || l.entries[0].Word != "direct" || mirrorAfterDirect(l) {
			return nil
		}
		return []envcheck.Finding{*l.finding(msg.Text{EN: "GOPROXY is direct: no mirror is used", ZH: "GOPROXY 为 direct：不使用任何镜像"}, v.FixProxy(l.Setting, false))}
	},
}
