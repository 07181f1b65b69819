package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs009 = envcheck.Rule{
	Code:     "VCS009",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "git does not check certificates", ZH: "git 不检查证书"},
	Why: msg.Text{
		EN: "http.sslVerify=false and GIT_SSL_NO_VERIFY count for modules that the go command fetches directly too: whoever sits on the way can give any code and gets the credentials.",
		ZH: "http.sslVerify=false 和 GIT_SSL_NO_VERIFY 对 go 命令直接获取的模块同样有效：途中的任何人都能塞进任意代码，并拿到凭据。",
	},
	Fix:    msg.Text{EN: "Remove it and give git the authority's certificate: http.https://HOST/.sslCAInfo.", ZH: "删除它，并通过 http.https://主机/.sslCAInfo 告诉 git 根证书的位置。"},
	Before: "git config --global http.sslVerify false",
	After:  "git config --global http.https://git.corp.example/.sslCAInfo /etc/ssl/corp-root.pem",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, e := range v.Git.Config {
			key := strings.ToLower(e.Key)
			if !strings.HasPrefix(key, "http.") || !strings.HasSuffix(key, ".sslverify") || !slices.Contains([]string{"false", "no", "off", "0"}, strings.ToLower(e.Value)) {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject: e.Key, Where: gitPlace(e), Evidence: gitEvidence(e), Fix: unsetGit(e),
				Message: msg.Textf("%s=%s: git does not check certificates", "%s=%s：git 不检查证书", e.Key, e.Value),
			})
		}
		for _, s := range v.SettingsOf("GIT_SSL_NO_VERIFY") {
			out = append(out, envcheck.Finding{
				Subject: s.Key, Where: s.Place, Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}}, Fix: v.FixUnset(s, false),
				Message: msg.Textf("%s is set: git does not check certificates, whatever the value", "设置了 %s：无论取什么值，git 都不检查证书", s.Key),
			})
		}
		return out
	},
}
