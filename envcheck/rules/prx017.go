package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx017 = envcheck.Rule{
	Code:     "PRX017",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "A mirror in GOPROXY refuses us", ZH: "GOPROXY 中的镜像拒绝访问"},
	Why: msg.Text{
		EN: "401, 403 and 407 are not \"not there\": after a comma nothing else is tried, and the build stops with the status.",
		ZH: "401、403、407 不等于“没有该模块”：逗号之后不会再尝试其他条目，构建会以该状态码中止。",
	},
	Fix:    msg.Text{EN: "Give the go command credentials for that host in the netrc file or by GOAUTH, or ask its owner for access.", ZH: "在 netrc 文件中或通过 GOAUTH 为该主机提供凭据，或向其管理员申请权限。"},
	Before: "401 Unauthorized",
	After:  "~/.netrc: machine goproxy.corp.example login build password …",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return answered(v, func(l proxyList, i int, m envcheck.MirrorProbe) *envcheck.Finding {
			if m.Class != "denied" {
				return nil
			}
			return l.probeFinding(m, msg.Textf("%[1]s refuses access", "%[1]s 拒绝访问", mask(m.URL)), nil)
		})
	},
}
