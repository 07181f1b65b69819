package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx024 = envcheck.Rule{
	Code:     "PRX024",
	Severity: envcheck.Error,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "GOPROXY names a mirror that the organisation does not allow", ZH: "GOPROXY 中的镜像不在组织允许的范围内"},
	Why: msg.Text{
		EN: "The policy lists the mirrors that may be used (check.mirrors in .yingzao.yaml). Any other learns the names of the modules that are built here, and may be outside what was audited.",
		ZH: "策略列出了可以使用的镜像（.yingzao.yaml 的 check.mirrors）。其他镜像会得知此处构建所用的模块名，也可能不在审计范围之内。",
	},
	Fix:    msg.Text{EN: "Use a mirror of the list, or have this one added to it.", ZH: "使用列表中的镜像，或申请把该镜像加入列表。"},
	Before: "GOPROXY=https://goproxy.io,direct",
	After:  "GOPROXY=https://goproxy.corp.example,direct",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if len(v.Policy.Mirrors) == 0 {
			return nil
		}
		return eachEntry(v, func(l proxyList, i int, p goenv.Proxy) *envcheck.Finding {
			allowed := func(p goenv.Proxy) bool {
				return p.URL == nil || slices.ContainsFunc(v.Policy.Mirrors, func(m string) bool { return onList(m, p.URL) })
			}
			if allowed(p) || l.Place.Origin == string(goenv.FromGoroot) && !l.InForce { // what Go comes with does no harm while another value is in force
				return nil
			}
			value := v.Policy.GOPROXY
			if value == "" {
				value = strings.Join(v.Policy.Mirrors, "|")
				if last := l.entries.Last(); last != "" {
					value += "," + last
				}
			}
			f := l.finding(msg.Textf("%[1]s in GOPROXY is not on the organisation's list", "GOPROXY 中的 %[1]s 不在组织的列表中", word(p)), l.fix(v, value, false))
			f.Subject = p.URL.Host
			for _, m := range v.Policy.Mirrors {
				f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "check.mirrors", Value: mask(m), Place: envcheck.Place{File: v.Policy.File}})
			}
			return f
		})
	},
}
