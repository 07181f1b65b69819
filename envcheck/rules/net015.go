package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net015 = envcheck.Rule{
	Code:     "NET015",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The scheme of a proxy address is unknown", ZH: "代理地址的协议名无法识别"},
	Why: msg.Text{
		EN: "Go knows http, https, socks5 and socks5h. Any other word is treated as http without a message, so a proxy that speaks something else (socks4, ss, vmess) fails obscurely, and a slip of the pen works in go but not in git and curl.",
		ZH: "Go 只认识 http、https、socks5 和 socks5h，其他写法都被悄悄当作 http。因此使用其他协议的代理（socks4、ss、vmess）会莫名失败；而拼写错误在 go 里碰巧可用，在 git 和 curl 里却不行。",
	},
	Fix:    msg.Text{EN: "Write http:// for an HTTP proxy or socks5h:// for a SOCKS proxy.", ZH: "HTTP 代理写 http://，SOCKS 代理写 socks5h://。"},
	Before: "export HTTPS_PROXY=htp://127.0.0.1:7890",
	After:  "export HTTPS_PROXY=http://127.0.0.1:7890",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf(proxyKeys...) {
			u, err := proxyURL(s.Value)
			if err != nil || u.Host == "" || slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) {
				continue
			}
			scheme := "http"
			if len(u.Scheme) > 4 && u.Scheme[:5] == "socks" {
				scheme = "socks5h"
			}
			out = append(out, envcheck.Finding{
				Subject: s.Key, Where: s.Place, Evidence: proxyEvidence(s),
				Message: msg.Textf("%s: Go does not know the scheme %s and treats it as http", "%s：Go 不认识协议 %s，会当作 http 处理", s.Key, u.Scheme),
				Fix:     v.FixSet(s, withScheme(scheme, s.Value), false),
			})
		}
		return out
	},
}
