package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net033 = envcheck.Rule{
	Code:     "NET033",
	Severity: envcheck.Warning,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "The host of private modules is asked through the HTTP proxy", ZH: "私有模块的主机会经由 HTTP 代理访问"},
	Why: msg.Text{
		EN: "Private modules come from their own host, by https and by git, and both follow HTTPS_PROXY. A proxy that leads outward does not reach the host, or learns the paths of the repositories.",
		ZH: "私有模块直接从其主机获取，https 与 git 都遵循 HTTPS_PROXY。通向外网的代理要么到不了该主机，要么会获知仓库路径。",
	},
	Fix:    msg.Text{EN: "Add the host to NO_PROXY.", ZH: "把该主机加入 NO_PROXY。"},
	Before: "GOPRIVATE=git.corp.example HTTPS_PROXY=http://proxy.corp.example:3128",
	After:  "export NO_PROXY=git.corp.example",
	Since:  "0.2.0",
	Causes: []string{"NET030", "NET031"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		var mirrors []string
		for _, m := range v.Proxies.Mirrors() {
			mirrors = append(mirrors, m.URL.Hostname())
		}
		hosts, variable := throughProxy(v, func(n need) bool {
			host := n.URL.Hostname()
			return (n.For == "module" || n.For == "origin") && internalHost(v, host) && !slices.Contains(mirrors, host)
		})
		return internalThroughProxy(v, hosts, variable, msg.Textf("%s holds private modules, but %s sends it through the proxy", "%s 上有私有模块，却会按 %s 走代理", strings.Join(hosts, ", "), variable))
	},
}
