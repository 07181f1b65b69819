package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net020 = envcheck.Rule{
	Code:     "NET020",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "The HTTP proxy answers, but opens no tunnel", ZH: "HTTP 代理有应答，却不建立隧道"},
	Why: msg.Text{
		EN: "It answers the request for a tunnel with a server error, or with something that is not HTTP. The go command shows only the words of the status, such as \"Bad Gateway\", beside the URL of the module. Either the proxy's own way out is down, or the port belongs to another service, such as SOCKS.",
		ZH: "代理对建立隧道的请求返回服务器错误，或返回的根本不是 HTTP。go 命令只在模块网址旁显示状态文字（如 “Bad Gateway”）。可能是代理自身的出口不通，也可能是该端口属于其他服务（如 SOCKS）。",
	},
	Fix:    msg.Text{EN: "Look at the proxy program: is its upstream node alive, is this its HTTP port? A SOCKS port is written socks5://host:port.", ZH: "请检查代理程序：上游节点是否可用？这是否为它的 HTTP 端口？SOCKS 端口应写作 socks5://主机:端口。"},
	Before: "export HTTPS_PROXY=http://127.0.0.1:1080   # a SOCKS port",
	After:  "export HTTPS_PROXY=socks5://127.0.0.1:1080",
	Since:  "0.2.0",
	Causes: []string{"NET013", "NET018"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		return hopFindings(v, func(h envcheck.HopProbe, _ envcheck.Setting) envcheck.Finding {
			return envcheck.Finding{Message: msg.Textf("the proxy %s of %s answers, but lets nothing through", "代理 %s（来自 %s）有应答，但没有放行", h.Host, h.Variable)}
		}, "broken")
	},
}
