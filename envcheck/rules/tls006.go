package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tls006 = envcheck.Rule{
	Code:     "TLS006",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "A host's certificate has expired", ZH: "主机的证书已过期"},
	Why: msg.Text{
		EN: "The go command stops with \"certificate has expired or is not yet valid: current time … is after …\". The clock here agrees with the other hosts, so the certificate is to blame.",
		ZH: "go 命令会以 “certificate has expired or is not yet valid: current time … is after …” 中止。本机时钟与其他主机一致，因此问题出在证书上。",
	},
	Fix:    msg.Text{EN: "Tell the owner of the host; meanwhile use another mirror.", ZH: "通知该主机的负责人；在此之前改用其他镜像。"},
	Before: "GOPROXY=https://goproxy.corp.example   # certificate ended yesterday",
	After:  "GOPROXY=https://goproxy.cn,direct",
	Since:  "0.2.0",
	Causes: []string{"TLS002"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		return handshakes(v, func(h envcheck.HostProbe) envcheck.Finding {
			return envcheck.Finding{Message: msg.Textf("the certificate of %s has expired", "%s 的证书已过期", h.Host)}
		}, "expired")
	},
}
