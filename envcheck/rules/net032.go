package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net032 = envcheck.Rule{
	Code:     "NET032",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A mirror inside the house is asked through the HTTP proxy", ZH: "内网镜像会经由 HTTP 代理访问"},
	Why: msg.Text{
		EN: "The proxy leads outward and mostly does not know the way back in: the mirror times out or is refused, or the proxy's owner learns every module name.",
		ZH: "代理通向外网，多半回不到内网：访问镜像会超时或被拒绝，否则代理的所有者就能看到每个模块的名字。",
	},
	Fix:    msg.Text{EN: "Add the mirror's host to NO_PROXY.", ZH: "把镜像的主机加入 NO_PROXY。"},
	Before: "GOPROXY=http://nexus.corp.example/go HTTP_PROXY=http://proxy.corp.example:3128",
	After:  "export NO_PROXY=nexus.corp.example",
	Since:  "0.2.0",
	Causes: []string{"NET030", "NET031"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		hosts, variable := throughProxy(v, func(n need) bool { return n.For == "mirror" && internalHost(v, n.URL.Hostname()) })
		return internalThroughProxy(v, hosts, variable, msg.Textf("GOPROXY names %s, which is inside the house, but %s sends it through the proxy", "GOPROXY 中的 %s 位于内网，却会按 %s 走代理", strings.Join(hosts, ", "), variable))
	},
}

// internalThroughProxy makes the finding; none when there are no hosts.
func internalThroughProxy(v *envcheck.View, hosts []string, variable string, message msg.Text) []envcheck.Finding {
	if len(hosts) == 0 {
		return nil
	}
	s := v.InForce(variable)
	ev := proxyEvidence(s)
	if no := v.Env.HTTPProxies(); no.NoName != "" {
		ev = append(ev, envcheck.Evidence{Name: no.NoName, Value: no.No.Value, Place: v.InForce(no.NoName).Place})
	}
	return []envcheck.Finding{{Subject: strings.Join(hosts, ","), Where: s.Place, Evidence: ev, Message: message, Fix: exceptFix(v, hosts)}}
}
