package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net018 = envcheck.Rule{
	Code:     "NET018",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A proxy address cannot be read", ZH: "代理地址无法解析"},
	Why: msg.Text{
		EN: "Go does not report a proxy address that it cannot read. It drops it and dials directly, or takes another part of the text for the host.",
		ZH: "遇到无法解析的代理地址，Go 并不报错，而是弃之不用、直接连接，或把其中另一段文字当作主机名。",
	},
	Fix:    msg.Text{EN: "Write http://host:port, without quotes inside the value and without a trailing word.", ZH: "写成 http://主机:端口，值里不要带引号，后面也不要有多余的文字。"},
	Before: `set HTTPS_PROXY="http://proxy.corp.example:3128"`,
	After:  `set "HTTPS_PROXY=http://proxy.corp.example:3128"`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf(proxyKeys...) {
			if userinfoBroken(s.Value) || readableProxy(s.Value) {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject: s.Key, Where: s.Place, Evidence: proxyEvidence(s),
				Message: msg.Textf("%s is not the address of a proxy: %s", "%s 不是有效的代理地址：%s", s.Key, bareProxy(s.Value)),
				Fix:     v.FixUnset(s, false),
			})
		}
		return out
	},
}

// readableProxy reports whether Go dials the host that was meant.
func readableProxy(value string) bool {
	u, err := proxyURL(value)
	if err != nil || u.Hostname() == "" || strings.ContainsAny(u.Host, "\"'`<>") {
		return false
	}
	// A broken URL that got a second http:// in front has "http:" for its host.
	switch u.Host {
	case "http:", "https:", "socks5:", "socks5h:":
		return false
	}
	return true
}
