package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// plainPorts are where proxies that speak no TLS themselves listen by default:
// Clash, V2Ray, Squid, tinyproxy, Privoxy, Charles, Burp.
var plainPorts = []string{"7890", "7891", "7897", "10808", "10809", "3128", "8888", "8118", "8080", "1080", "1087"}

var net010 = envcheck.Rule{
	Code:     "NET010",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The proxy address begins with https:// although the proxy speaks plain HTTP", ZH: "代理地址写成 https://，而代理本身只支持普通 HTTP"},
	Why: msg.Text{
		EN: "The scheme says how to speak to the proxy, not what goes through it. An ordinary proxy does not understand TLS on its own port: the go command fails with \"first record does not look like a TLS handshake\", or after ten seconds with \"TLS handshake timeout\".",
		ZH: "地址开头的协议指的是怎样与代理本身通信，而不是经过代理的流量。普通代理的端口并不接受 TLS：go 命令会立即报 “first record does not look like a TLS handshake”，或在十秒后报 “TLS handshake timeout”。",
	},
	Fix:    msg.Text{EN: "Write http:// in front of the proxy's address. https:// pages still go through it encrypted end to end.", ZH: "代理地址改用 http:// 开头。经由它访问的 https 网址仍是端到端加密的。"},
	Before: "export HTTPS_PROXY=https://127.0.0.1:7890",
	After:  "export HTTPS_PROXY=http://127.0.0.1:7890",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf(proxyKeys...) {
			u, err := proxyURL(s.Value)
			if err != nil || u.Scheme != "https" {
				continue
			}
			severity := envcheck.Warning
			if loopback(u.Hostname()) || slices.Contains(plainPorts, u.Port()) {
				severity = envcheck.Error
			}
			if hop := hopOf(v, s.Key); s.InForce && hop != nil {
				switch hop.Class {
				case "plain":
					severity = envcheck.Error
				case "ok", "auth", "denied": // it answered, so it does speak TLS
					continue
				}
			}
			out = append(out, envcheck.Finding{
				Subject: s.Key, Severity: severity, Where: s.Place, Evidence: proxyEvidence(s),
				Message: msg.Textf("%[1]s speaks TLS to the proxy %[2]s itself, which ordinary proxies do not understand", "%[1]s 会用 TLS 连接代理 %[2]s 本身，普通代理无法识别", s.Key, u.Host),
				Fix:     v.FixSet(s, withScheme("http", s.Value), false),
			})
		}
		return out
	},
}
