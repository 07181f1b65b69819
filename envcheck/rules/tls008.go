package rules

import (
	"go/version"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tls008 = envcheck.Rule{
	Code:     "TLS008",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "SSL_CERT_FILE has no effect on Windows and macOS", ZH: "SSL_CERT_FILE 在 Windows 和 macOS 上不起作用"},
	Why: msg.Text{
		EN: "Up to Go 1.26 the variables SSL_CERT_FILE and SSL_CERT_DIR are read on other Unix systems only (crypto/x509/root_unix.go). Here Go asks the system's own certificate store, so a certificate of the house stays unknown.",
		ZH: "截至 Go 1.26，SSL_CERT_FILE 与 SSL_CERT_DIR 只在其他 Unix 系统上读取（crypto/x509/root_unix.go）。在这里 Go 使用系统自带的证书库，因此内部证书仍不受信任。",
	},
	Fix:    msg.Text{EN: "Import the certificate into the system's store: certutil -addstore Root on Windows, the keychain System on macOS.", ZH: "把证书导入系统证书库：Windows 用 certutil -addstore Root，macOS 导入“系统”钥匙串。"},
	Before: `setx SSL_CERT_FILE C:\certs\corp.pem`,
	After:  `certutil -addstore Root C:\certs\corp.crt`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if unixRoots(v) || version.Compare(v.GoVersion(), "go1.27") >= 0 {
			return nil
		}
		var out []envcheck.Finding
		for _, key := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR"} {
			s := v.InForce(key)
			if s.Value == "" {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject: key, Where: s.Place, Evidence: []envcheck.Evidence{{Name: key, Value: s.Value, Place: s.Place}},
				Message: msg.Textf("%s is set, but Go does not read it on %s", "设置了 %s，但 Go 在 %s 上不读取它", key, v.Machine.OS),
			})
		}
		return out
	},
}
