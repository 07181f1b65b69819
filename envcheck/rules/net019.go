package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net019 = envcheck.Rule{
	Code:     "NET019",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "The HTTP proxy asks for a name and a password", ZH: "HTTP 代理要求用户名和密码"},
	Why: msg.Text{
		EN: "The proxy answers 407, and the go command stops with \"Proxy Authentication Required\". Go sends the name and password in the variable, by the method Basic; it knows neither NTLM nor Kerberos, and reads no netrc for a proxy.",
		ZH: "代理返回 407，go 命令以 “Proxy Authentication Required” 中止。Go 只会用 Basic 方式发送变量里的用户名和密码，不支持 NTLM 与 Kerberos，也不会为代理读取 netrc。",
	},
	Fix:    msg.Text{EN: "Put the name and password into the variable, with special characters escaped; for NTLM or Kerberos run a local proxy such as cntlm or px and name that one.", ZH: "把用户名和密码写进变量，特殊字符要转义；若代理用 NTLM 或 Kerberos，请在本机运行 cntlm、px 之类的代理并指向它。"},
	Before: "export HTTPS_PROXY=http://proxy.corp.example:3128",
	After:  "export HTTPS_PROXY=http://li:pa%23ss@proxy.corp.example:3128",
	Since:  "0.2.0",
	Causes: []string{"NET013"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		return hopFindings(v, func(h envcheck.HopProbe, s envcheck.Setting) envcheck.Finding {
			if u, err := proxyURL(s.Value); err == nil && u.User != nil {
				return envcheck.Finding{Message: msg.Textf("the proxy %s does not accept the name and password in %s", "代理 %s 不接受 %s 中的用户名和密码", h.Host, h.Variable)}
			}
			return envcheck.Finding{Message: msg.Textf("the proxy %s wants a name and a password, and %s has none", "代理 %s 要求用户名和密码，而 %s 中没有", h.Host, h.Variable)}
		}, "auth")
	},
}
