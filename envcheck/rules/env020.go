package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env020 = envcheck.Rule{
	Code:     "ENV020",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOENV is a relative path", ZH: "GOENV 是相对路径"},
	Why: msg.Text{
		EN: "It is taken from the folder in which the go command happens to run: every folder has other settings, and a project can bring its own GOSUMDB.",
		ZH: "它以 go 命令运行时所在目录为基准：每个目录的设置都不同，项目甚至可以自带 GOSUMDB。",
	},
	Fix:    msg.Text{EN: "Write the whole path, or remove GOENV.", ZH: "写完整路径，或删除 GOENV。"},
	Before: "export GOENV=go.env",
	After:  "export GOENV=/home/dev/.config/go/env",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		s := v.InForce("GOENV")
		if s.Value == "" || s.Value == "off" || goenv.IsAbs(v.Machine.OS, s.Value) {
			return nil
		}
		return []envcheck.Finding{settingFound(s, msg.Textf("GOENV is %q, which is another file in every folder", "GOENV 是 %q，在每个目录中都是不同的文件", s.Value), v.FixUnset(s, false))}
	},
}
