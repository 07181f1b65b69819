package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tls007 = envcheck.Rule{
	Code:     "TLS007",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "A host's certificate is for another name", ZH: "主机的证书属于另一个域名"},
	Why: msg.Text{
		EN: "The go command stops with \"certificate is valid for …, not …\". The setting names the host by an alias or an address that the certificate does not list, or somebody else answers.",
		ZH: "go 命令会以 “certificate is valid for …, not …” 中止。要么设置里用了证书未列出的别名或 IP 地址，要么应答的并不是该主机。",
	},
	Fix:    msg.Text{EN: "Name the host as its certificate does, or have the name added to the certificate.", ZH: "改用证书中列出的主机名，或请负责人把该名称加入证书。"},
	Before: "GOPROXY=https://10.1.2.3/goproxy",
	After:  "GOPROXY=https://goproxy.corp.example",
	Since:  "0.2.0",
	Causes: []string{"NET041", "NET042"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		return handshakes(v, func(h envcheck.HostProbe) envcheck.Finding {
			return envcheck.Finding{Message: msg.Textf("the certificate that %s shows is for another name", "%s 出示的证书属于另一个域名", h.Host)}
		}, "hostname")
	},
}
