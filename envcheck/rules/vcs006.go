package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs006 = envcheck.Rule{
	Code:     "VCS006",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOVCS cannot be read", ZH: "GOVCS 无法解析"},
	Why: msg.Text{
		EN: "The go command stops at the first module that it fetches directly. As long as mirrors serve everything nobody notices.",
		ZH: "go 命令会在第一个需要直接获取的模块处中止；只要镜像什么都有，就没有人会发现。",
	},
	Fix:    msg.Text{EN: "Remove the setting: by default private modules may use any system, public ones git and Mercurial.", ZH: "删除该设置：默认情况下私有模块可用任意版本控制系统，公共模块可用 git 与 Mercurial。"},
	Before: "go env -w GOVCS=git",
	After:  "go env -u GOVCS",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf("GOVCS") {
			if _, err := goenv.ParseVCS(s.Value); err != nil {
				out = append(out, envcheck.Finding{
					Subject: "GOVCS", Where: s.Place, Evidence: []envcheck.Evidence{{Name: "GOVCS", Value: s.Value, Place: s.Place}},
					Message: msg.Textf("GOVCS cannot be read: %v", "GOVCS 无法解析：%v", err), Fix: v.FixUnset(s, false),
				})
			}
		}
		return out
	},
}
