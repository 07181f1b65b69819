package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net017 = envcheck.Rule{
	Code:     "NET017",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Only HTTP_PROXY is set, which https mirrors do not go through", ZH: "只设置了 HTTP_PROXY，对 https 镜像不起作用"},
	Why: msg.Text{
		EN: "HTTP_PROXY is for http:// addresses, HTTPS_PROXY for https:// addresses. The mirrors here are https, so the go command dials them directly, past the proxy.",
		ZH: "HTTP_PROXY 只管 http:// 网址，HTTPS_PROXY 才管 https:// 网址。这里的镜像都是 https，go 命令会绕过代理直接连接。",
	},
	Fix:    msg.Text{EN: "Set HTTPS_PROXY to the same address as well; it keeps the prefix http://.", ZH: "把 HTTPS_PROXY 也设为同一地址，地址仍以 http:// 开头。"},
	Before: "export HTTP_PROXY=http://proxy.corp.example:3128",
	After:  "export HTTP_PROXY=http://proxy.corp.example:3128 HTTPS_PROXY=http://proxy.corp.example:3128",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		vars := v.Env.HTTPProxies()
		if vars.HTTPName == "" || vars.HTTPSName != "" {
			return nil
		}
		// What would go through the proxy if it counted for https as well?
		vars.HTTPS, vars.HTTPSName = vars.HTTP, vars.HTTPName
		var past []string
		for _, n := range neededURLs(v) {
			if n.For != "mirror" {
				continue
			}
			u, err := vars.For(n.URL)
			if err != nil || u == nil {
				continue
			}
			if n.URL.Scheme == "http" {
				return nil // the variable does serve a mirror
			}
			past = append(past, n.URL.Host)
		}
		if len(past) == 0 {
			return nil
		}
		s := v.InForce(vars.HTTPName)
		return []envcheck.Finding{{
			Subject: s.Key, Where: s.Place, Evidence: proxyEvidence(s),
			Message: msg.Textf("%s is set but HTTPS_PROXY is not: %s is dialled directly", "设置了 %s 却没有设置 HTTPS_PROXY：%s 会被直接连接", s.Key, strings.Join(past, ", ")),
			Fix:     v.FixSet(settingOrProcess(v, "HTTPS_PROXY"), s.Value, false),
		}}
	},
}
