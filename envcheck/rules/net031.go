package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net031 = envcheck.Rule{
	Code:     "NET031",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "NO_PROXY names the subdomains of a host that is needed, but not the host itself", ZH: "NO_PROXY 只包含子域名，没有包含实际要访问的主机本身"},
	Why: msg.Text{
		EN: ".corp.example and *.corp.example match git.corp.example and not corp.example. Only corp.example, without a dot, matches both. curl and git take the first form for both, so the difference shows in go alone.",
		ZH: ".corp.example 和 *.corp.example 能匹配 git.corp.example，却不匹配 corp.example 本身；只有不带点的 corp.example 才两者都匹配。curl 和 git 对前一种写法也会匹配两者，因此问题只出现在 go 里。",
	},
	Fix:    msg.Text{EN: "Write the domain without the dot or asterisk.", ZH: "去掉域名前面的点或星号。"},
	Before: "export NO_PROXY=.corp.example   # GOPROXY=https://corp.example/goproxy",
	After:  "export NO_PROXY=corp.example",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		vars := v.Env.HTTPProxies()
		if vars.NoName == "" {
			return nil
		}
		s := v.InForce(vars.NoName)
		var out []envcheck.Finding
		for _, n := range neededURLs(v) {
			host := n.URL.Hostname()
			if u, err := vars.For(n.URL); err != nil || u == nil {
				continue
			}
			entries := strings.Split(s.Value, ",")
			for i, entry := range entries {
				entry = strings.TrimSpace(entry)
				if !strings.EqualFold(entry, "."+host) && !strings.EqualFold(entry, "*."+host) {
					continue
				}
				entries[i] = host
				out = append(out, envcheck.Finding{
					Subject: host, Where: s.Place, Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}, {Name: n.For, Value: n.URL.Host}},
					Message: msg.Textf("%[1]s has %[2]s, which does not match %[3]s itself: it is asked through the proxy", "%[1]s 中的 %[2]s 不匹配 %[3]s 本身：它仍会经由代理访问", s.Key, entry, host),
					Fix:     v.FixSet(s, strings.Join(entries, ","), false),
				})
				break
			}
		}
		return out
	},
}
