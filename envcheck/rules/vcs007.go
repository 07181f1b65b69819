package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs007 = envcheck.Rule{
	Code:     "VCS007",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOAUTH cannot be read", ZH: "GOAUTH 无法解析"},
	Why: msg.Text{
		EN: "The go command reads GOAUTH at the first https request, be it to a public mirror, and stops there.",
		ZH: "go 命令在发出第一个 https 请求时（即使是访问公共镜像）才读取 GOAUTH，并在那里中止。",
	},
	Fix:    msg.Text{EN: "Separate the commands by single semicolons; off stands alone; git takes an absolute folder. Or remove the setting: the default is netrc.", ZH: "各命令之间用一个分号分隔；off 只能单独使用；git 后面要写绝对路径。也可以删除该设置，默认值是 netrc。"},
	Before: "go env -w 'GOAUTH=netrc;'",
	After:  "go env -u GOAUTH",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOAUTH") {
			if _, err := goenv.ParseAuth(s.Value); err != nil {
				out = append(out, envcheck.Finding{
					// The value may be a command line with a token in it.
					Subject: "GOAUTH", Where: s.Place, Evidence: []envcheck.Evidence{{Name: "GOAUTH", Value: err.Error(), Place: s.Place}},
					Message: msg.Textf("GOAUTH cannot be read: %v", "GOAUTH 无法解析：%v", err), Fix: v.FixUnset(s, false),
				})
			}
		}
		return out
	},
}
