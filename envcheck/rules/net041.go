package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net041 = envcheck.Rule{
	Code:     "NET041",
	Severity: envcheck.Error,
	Basis:    envcheck.Recorded,
	Online:   true,
	Title:    msg.Text{EN: "The name server blocks a host that Go needs", ZH: "域名服务器屏蔽了 Go 所需的主机"},
	Why: msg.Text{
		EN: "The name resolves to 0.0.0.0 or to this machine. Filtering name servers and lines in the hosts file do so; the go command says \"connection refused\" and names an address that nobody chose.",
		ZH: "域名被解析成 0.0.0.0 或本机地址，多见于带过滤功能的域名服务器或 hosts 文件。go 命令会报 “connection refused”，并显示一个谁也没设置过的地址。",
	},
	Fix:    msg.Text{EN: "Look for the name in the hosts file, then ask whoever runs the name server; or use a mirror that is not blocked.", ZH: "先检查 hosts 文件中是否有该域名，再联系域名服务器的管理员；或改用未被屏蔽的镜像。"},
	Before: "0.0.0.0 sum.golang.org   # /etc/hosts",
	After:  "# the line is gone",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return hostFindings(v, "blocked", func(h envcheck.HostProbe) (envcheck.Finding, bool) {
			return envcheck.Finding{Message: msg.Textf("%s resolves to %s, which is not that host", "%s 被解析为 %s，并非该主机", h.Host, strings.Join(h.Addresses, ", "))}, !loopback(h.Host)
		})
	},
}
