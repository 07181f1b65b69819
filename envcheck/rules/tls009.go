package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tls009 = envcheck.Rule{
	Code:     "TLS009",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOINSECURE names a mirror, for which it does not count", ZH: "GOINSECURE 列出了镜像的主机，但对镜像不起作用"},
	Why: msg.Text{
		EN: "GOINSECURE is about module paths that are fetched directly. The certificate of a mirror in GOPROXY is checked all the same: the entry only looks like a remedy, and loosens direct fetches of modules with that path.",
		ZH: "GOINSECURE 针对的是直接获取的模块路径。GOPROXY 中镜像的证书照样会被检查：这一条看似有用，实际上只放宽了对同名路径模块的直接获取。",
	},
	Fix:    msg.Text{EN: "Take the entry out and install the certificate of the mirror's authority on the system, or name it in SSL_CERT_FILE.", ZH: "删除该条目，并把签发镜像证书的根证书装入系统，或用 SSL_CERT_FILE 指定。"},
	Before: "GOPROXY=https://goproxy.corp.example GOINSECURE=goproxy.corp.example",
	After:  "go env -u GOINSECURE",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		s := v.InForce("GOINSECURE")
		var out []envcheck.Finding
		for _, m := range v.Proxies.Mirrors() {
			for entry := range strings.SplitSeq(s.Value, ",") {
				if m.URL.Scheme != "https" || entry != m.URL.Hostname() || servesModules(v, m.URL.Hostname()) {
					continue
				}
				out = append(out, envcheck.Finding{
					Subject: "GOINSECURE", Where: s.Place, Evidence: []envcheck.Evidence{{Name: "GOINSECURE", Value: s.Value, Place: s.Place}, {Name: "GOPROXY", Value: m.URL.Hostname()}},
					Message: msg.Textf("GOINSECURE names the mirror %s, but the certificate of a mirror is always checked", "GOINSECURE 列出了镜像 %s，但镜像的证书始终会被检查", entry),
					Fix:     withoutEntry(v, s, entry),
				})
			}
		}
		return out
	},
}

// servesModules reports whether modules of the project live on the host, so that
// an entry for it can have a meaning of its own.
func servesModules(v *envcheck.View, host string) bool {
	for _, e := range v.Exposures {
		if goenv.MatchPatterns(host, e.Path) {
			return true
		}
	}
	return false
}

// withoutEntry is the remedy that takes one entry out of a comma list.
func withoutEntry(v *envcheck.View, s envcheck.Setting, entry string) *envcheck.Fix {
	var left []string
	for e := range strings.SplitSeq(s.Value, ",") {
		if e != entry {
			left = append(left, e)
		}
	}
	if len(left) == 0 {
		return v.FixUnset(s, false)
	}
	return v.FixSet(s, strings.Join(left, ","), false)
}
