package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx023 = envcheck.Rule{
	Code:     "PRX023",
	Severity: envcheck.Security,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "GOPROXY names a mirror that rewrites modules", ZH: "GOPROXY 中的镜像会改写模块内容"},
	Why: msg.Text{
		EN: "It serves changed content under the authors' versions, so go.sum and the checksum database can never agree with it, and its users are told to delete the one and turn off the other. Builds then differ from everybody else's, and nothing notices a third party's change. The table behind this rule is of " + hostsAsOf + ".",
		ZH: "它以原作者的版本号提供改动过的内容，go.sum 与校验和数据库都不可能与之相符，于是用户被要求删除前者、关闭后者。构建结果从此与他人不同，第三方的篡改也无从察觉。本规则所用的表整理于 " + hostsAsOf + "。",
	},
	Fix:    msg.Text{EN: "Use an ordinary mirror: current versions of the modules support LoongArch themselves. Where a patch is needed, name the patched module by a replace line in go.mod.", ZH: "使用普通镜像：各模块的新版本已支持 LoongArch。确需补丁时，在 go.mod 中用 replace 指明打过补丁的模块。"},
	Before: "GOPROXY=http://goproxy.loongnix.cn:3000",
	After:  "GOPROXY='" + envcheck.MirrorsCN + "'",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachEntry(v, func(l proxyList, i int, p goenv.Proxy) *envcheck.Finding {
			n := slices.IndexFunc(rewritingHosts, func(r rewritingHost) bool { return p.URL != nil && below(r.host, p.URL.Hostname()) })
			if n < 0 {
				return nil
			}
			f := l.finding(msg.Textf("%[1]s serves modules with changed content: %[2]v", "%[1]s 提供的模块内容经过改动：%[2]v", word(p), rewritingHosts[n].purpose), l.instead(v, i, false))
			f.Subject = p.URL.Hostname()
			if v.Machine.LoongWorld == "old" {
				f.Severity = envcheck.Warning // what it was made for, and there is little else
			}
			return f
		})
	},
}
