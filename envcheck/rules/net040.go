package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net040 = envcheck.Rule{
	Code:     "NET040",
	Severity: envcheck.Error,
	Basis:    envcheck.Recorded,
	Online:   true,
	Title:    msg.Text{EN: "The name of a host that Go needs does not resolve", ZH: "Go 所需主机的域名无法解析"},
	Why: msg.Text{
		EN: "The go command stops with \"no such host\", or waits for the name server until it gives up.",
		ZH: "go 命令会以 “no such host” 中止，或一直等到域名服务器超时。",
	},
	Fix:    msg.Text{EN: "Correct the name in the setting, or the name server in /etc/resolv.conf; where names outside are not resolved at all, set HTTPS_PROXY: the proxy resolves them.", ZH: "改正设置里的主机名，或 /etc/resolv.conf 中的域名服务器；若内网根本不解析外部域名，请设置 HTTPS_PROXY，由代理负责解析。"},
	Before: "GOPROXY=https://goproxy.cm,direct",
	After:  "GOPROXY=https://goproxy.cn,direct",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return hostFindings(v, "dns", func(h envcheck.HostProbe) (envcheck.Finding, bool) {
			return envcheck.Finding{Message: msg.Textf("%s does not resolve", "%s 无法解析", h.Host)}, true
		})
	},
}

// hostFindings makes findings of the hosts whose names resolved in a manner.
func hostFindings(v *envcheck.View, class string, finding func(envcheck.HostProbe) (envcheck.Finding, bool)) []envcheck.Finding {
	var out []envcheck.Finding
	for _, h := range v.Network.Hosts {
		if h.Class != class {
			continue
		}
		f, ok := finding(h)
		if !ok {
			continue
		}
		f.Subject = h.Host
		f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "addresses", Value: strings.Join(h.Addresses, ", ")})
		out = append(out, f)
	}
	return out
}
