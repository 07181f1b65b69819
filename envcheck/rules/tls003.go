package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tls003 = envcheck.Rule{
	Code:     "TLS003",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "SSL_CERT_FILE or SSL_CERT_DIR names no certificates", ZH: "SSL_CERT_FILE 或 SSL_CERT_DIR 没有指向证书"},
	Why: msg.Text{
		EN: "What the variable names replaces the system's own bundle (SSL_CERT_FILE) or folders (SSL_CERT_DIR). A path that is missing or holds no certificate is not reported: https hosts just become unknown authorities.",
		ZH: "该变量会取代系统自带的证书文件（SSL_CERT_FILE）或证书目录（SSL_CERT_DIR）。路径不存在或其中没有证书时，Go 不会提示，只是各 https 主机都变成“未知机构”。",
	},
	Fix:    msg.Text{EN: "Correct the path, or remove the variable and install the certificate on the system.", ZH: "改正路径，或删除该变量并把证书装入系统。"},
	Before: "export SSL_CERT_FILE=/etc/ssl/corp.pem   # no such file",
	After:  "unset SSL_CERT_FILE",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if !unixRoots(v) {
			return nil
		}
		var out []envcheck.Finding
		add := func(key, value string) {
			s := settingOrProcess(v, key)
			out = append(out, envcheck.Finding{
				Subject: key, Where: s.Place, Evidence: []envcheck.Evidence{{Name: key, Value: value, Place: s.Place}},
				Message: msg.Textf("%s is %s, where no certificate can be read", "%s 为 %s，那里读不到任何证书", key, value),
				Fix:     v.FixUnset(s, false),
			})
		}
		if v.Certs.File != "" && !v.Certs.FileOK {
			add("SSL_CERT_FILE", v.Certs.File)
		}
		if len(v.Certs.Dirs) > 0 && !v.Certs.DirsOK {
			add("SSL_CERT_DIR", strings.Join(v.Certs.Dirs, ":"))
		}
		return out
	},
}
