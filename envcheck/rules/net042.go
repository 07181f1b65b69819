package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net042 = envcheck.Rule{
	Code:     "NET042",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Online:   true,
	Title:    msg.Text{EN: "A public host resolves to a private address", ZH: "公共主机的域名被解析到私有地址"},
	Why: msg.Text{
		EN: "Either the house answers for the name on purpose (then nothing is wrong), or a captive portal or a tunnel with fake addresses does. Certificates then come from somebody else, and what is fetched is not from that host.",
		ZH: "要么是内网有意接管了该域名（此时并无问题），要么是认证门户或使用虚假地址的代理程序所为。后者会换上别人的证书，取得的内容也不来自该主机。",
	},
	Fix:    msg.Text{EN: "Find out who answers. Where it is intended, name the host in check.private of .yingzao.yaml.", ZH: "先查明是谁在应答。若确为有意安排，请在 .yingzao.yaml 的 check.private 中列出该主机。"},
	Before: "goproxy.cn → 10.0.0.7",
	After:  "goproxy.cn → a public address",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return hostFindings(v, "private", func(h envcheck.HostProbe) (envcheck.Finding, bool) {
			return envcheck.Finding{Message: msg.Textf("%s resolves to %s, an address inside a private network", "%s 被解析为 %s，属于私有网段", h.Host, strings.Join(h.Addresses, ", "))}, !internalHost(v, h.Host)
		})
	},
}
