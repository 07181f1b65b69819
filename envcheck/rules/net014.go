package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net014 = envcheck.Rule{
	Code:     "NET014",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "The HTTP proxy refuses the hosts that Go needs", ZH: "HTTP 代理拒绝访问 Go 所需的主机"},
	Why: msg.Text{
		EN: "The proxy answers the request for a tunnel with 403. The go command shows only the word \"Forbidden\" and the URL of the module, which looks as if the mirror had refused.",
		ZH: "代理对建立隧道的请求返回 403。go 命令只显示 “Forbidden” 和模块的网址，看上去像是镜像拒绝了访问。",
	},
	Fix:    msg.Text{EN: "Ask for the hosts in the evidence to be allowed on the proxy, port 443, or name a mirror inside the house in GOPROXY.", ZH: "请管理员在代理上放行证据中列出的主机（443 端口），或将 GOPROXY 指向内网镜像。"},
	Before: "HTTPS_PROXY=http://proxy.corp.example:3128   # goproxy.cn:443 → 403",
	After:  "allow goproxy.cn:443 on proxy.corp.example",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		hosts := wantedHosts(v)
		out := hopFindings(v, func(h envcheck.HopProbe, _ envcheck.Setting) envcheck.Finding {
			return envcheck.Finding{Message: msg.Textf("the proxy %s refuses; these hosts must be allowed: %s", "代理 %s 拒绝访问；需要放行的主机：%s", h.Host, strings.Join(hosts, ", "))}
		}, "denied")
		for i := range out {
			for _, h := range hosts {
				out[i].Evidence = append(out[i].Evidence, envcheck.Evidence{Name: "allow", Value: h})
			}
		}
		return out
	},
}

// wantedHosts is the list for the firewall: the hosts that are asked through the
// proxy, and those that the probe was sent on to.
func wantedHosts(v *envcheck.View) []string {
	hosts, _ := throughProxy(v, func(need) bool { return true })
	for _, m := range v.Network.Mirrors {
		if m.InUse {
			hosts = append(hosts, m.Contacted...)
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}
