package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx026 = envcheck.Rule{
	Code:     "PRX026",
	Severity: envcheck.Error,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "The address of a mirror site lacks the folder of its Go mirror", ZH: "镜像站地址缺少 Go 镜像所在的路径"},
	Why: msg.Text{
		EN: "The site mirrors many things, and Go modules lie below a folder. Without it every request is answered 404, which looks as if no module existed: the go command silently goes on to the next entry. The table behind this rule is of " + hostsAsOf + ".",
		ZH: "该站点提供多种镜像，Go 模块位于其下的一个路径。缺少路径时每个请求都是 404，看起来就像没有任何模块：go 命令会悄悄转到下一项。本规则所用的表整理于 " + hostsAsOf + "。",
	},
	Fix:    msg.Text{EN: "Add the folder.", ZH: "补上路径。"},
	Before: "GOPROXY=https://mirrors.aliyun.com,direct",
	After:  "GOPROXY=https://mirrors.aliyun.com/goproxy/,direct",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachEntry(v, func(l proxyList, i int, p goenv.Proxy) *envcheck.Finding {
			better := withFolder(p)
			if better == "" {
				return nil
			}
			f := l.finding(msg.Textf("the Go mirror of %[1]s is at %[2]s", "%[1]s 的 Go 镜像位于 %[2]s", p.URL.Hostname(), mask(better)), l.fix(v, l.mended(withFolder), true))
			f.Subject = p.URL.Hostname()
			return f
		})
	},
}

// withFolder is the whole address of a public mirror that is named by its host
// alone; "" = nothing lacks.
func withFolder(p goenv.Proxy) string {
	m, known := publicMirrorOf(p.URL)
	if !known || m.path == "" || strings.Trim(p.URL.Path, "/") != "" || isGlued(p) || p.URL.RawQuery != "" {
		return ""
	}
	return strings.TrimRight(strings.TrimSpace(p.Raw), "/") + m.path + "/"
}
