package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tls001 = envcheck.Rule{
	Code:     "TLS001",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Online:   true,
	Title:    msg.Text{EN: "A host's certificate is signed by an authority that is not known here", ZH: "主机证书的签发机构不受本机信任"},
	Why: msg.Text{
		EN: "The go command stops with \"certificate signed by unknown authority\". Either something on the way opens the connection (a company's gateway, antivirus), or the host uses a certificate of the house. GOINSECURE does not help: it counts for modules fetched directly, not for mirrors.",
		ZH: "go 命令会以 “certificate signed by unknown authority” 中止。要么途中有设备解开了加密（公司网关、杀毒软件），要么该主机使用内部证书。GOINSECURE 无济于事：它只对直接获取的模块有效，对镜像不起作用。",
	},
	Fix:    msg.Text{EN: "Get the authority's certificate from its owner, compare its fingerprint, and install it on the system (update-ca-certificates, update-ca-trust) or name it in SSL_CERT_FILE. If nobody knows the authority, do not trust the network.", ZH: "向证书机构的负责人索取根证书，核对指纹后装入系统（update-ca-certificates、update-ca-trust），或用 SSL_CERT_FILE 指定。若没有人认得这个机构，就不要信任该网络。"},
	Before: "x509: certificate signed by unknown authority",
	After:  "cp corp-root.crt /usr/local/share/ca-certificates/ && update-ca-certificates",
	Since:  "0.2.0",
	Causes: []string{"TLS003", "TLS004", "NET042"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		return handshakes(v, func(h envcheck.HostProbe) envcheck.Finding {
			return envcheck.Finding{Message: msg.Textf("the certificate of %s is signed by an authority that this machine does not know", "%s 的证书由本机不信任的机构签发", h.Host)}
		}, "unknown-authority")
	},
}
