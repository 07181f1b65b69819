package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net012 = envcheck.Rule{
	Code:     "NET012",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A proxy variable has different values in upper and lower case", ZH: "同一代理变量的大写与小写取值不同"},
	Why: msg.Text{
		EN: "The go command reads the upper-case name first (up to Go 1.26; newer releases of golang.org/x/net read the lower-case one), curl and git read the lower-case one first. So go and git take different ways, and what curl shows proves nothing about go.",
		ZH: "go 命令优先读取大写名称（截至 Go 1.26；较新的 golang.org/x/net 则先读小写），而 curl 与 git 优先读取小写名称。于是 go 和 git 走不同的路，用 curl 测通也说明不了 go 的情况。",
	},
	Fix:    msg.Text{EN: "Give both names the same value, or remove one of them.", ZH: "让两个名称取同一个值，或只保留其中一个。"},
	Before: "export HTTPS_PROXY=http://proxy.corp.example:3128 https_proxy=http://127.0.0.1:7890",
	After:  "export HTTPS_PROXY=http://proxy.corp.example:3128 https_proxy=http://proxy.corp.example:3128",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		if v.Machine.OS == "windows" { // names do not tell case apart there
			return nil
		}
		for _, key := range []string{"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"} {
			for _, upper := range v.SettingsOf(key) {
				for _, lower := range v.SettingsOf(strings.ToLower(key)) {
					if upper.Value == lower.Value || upper.Place.Origin != lower.Place.Origin || upper.Place.File != lower.Place.File {
						continue
					}
					out = append(out, envcheck.Finding{
						Subject: key, Where: upper.Place, Evidence: append(proxyEvidence(upper), proxyEvidence(lower)...),
						Message: msg.Textf("%[1]s is %[2]s but %[3]s is %[4]s", "%[1]s 为 %[2]s，而 %[3]s 为 %[4]s", key, bareProxy(upper.Value), lower.Key, bareProxy(lower.Value)),
						Fix:     v.FixSet(lower, upper.Value, false),
					})
				}
			}
		}
		return out
	},
}
