package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tls005 = envcheck.Rule{
	Code:     "TLS005",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "A host speaks no TLS version that Go accepts", ZH: "主机只支持 Go 已不接受的 TLS 版本"},
	Why: msg.Text{
		EN: "Go wants TLS 1.2 or newer and says \"protocol version not supported\". Old gateways and application servers stop at TLS 1.1.",
		ZH: "Go 要求 TLS 1.2 及以上，否则报 “protocol version not supported”。老旧的网关和应用服务器往往只到 TLS 1.1。",
	},
	Fix:    msg.Text{EN: "Have the host, or the gateway in front of it, speak TLS 1.2. TLS 1.0 and 1.1 have been withdrawn (RFC 8996).", ZH: "请让该主机或其前面的网关支持 TLS 1.2；TLS 1.0 与 1.1 已被废止（RFC 8996）。"},
	Before: "ssl_protocols TLSv1 TLSv1.1;",
	After:  "ssl_protocols TLSv1.2 TLSv1.3;",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return handshakes(v, func(h envcheck.HostProbe) envcheck.Finding {
			return envcheck.Finding{Message: msg.Textf("%s speaks no TLS version that Go accepts (1.2 or newer)", "%s 不支持 Go 接受的 TLS 版本（1.2 及以上）", h.Host)}
		}, "version")
	},
}
