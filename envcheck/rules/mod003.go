package rules

import (
	"cmp"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var mod003 = envcheck.Rule{
	Code:     "MOD003",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The module is right in the folder for temporary files, where Go ignores go.mod", ZH: "模块直接位于临时目录的根下，Go 会忽略其中的 go.mod"},
	Why: msg.Text{
		EN: "The go command ignores a go.mod that stands directly in the system's temporary folder, because stray ones there broke other builds: \"ignoring go.mod in system temp root\". The build then has no module.",
		ZH: "go 命令会忽略直接放在系统临时目录下的 go.mod，因为那里的零散文件曾干扰别的构建：“ignoring go.mod in system temp root”。于是构建就没有模块可用。",
	},
	Fix:    msg.Text{EN: "Put the module into a folder of its own below it, or elsewhere.", ZH: "把模块放进其下的单独目录，或移到别处。"},
	Before: "/tmp/go.mod",
	After:  "/tmp/app/go.mod",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		m := v.Module.GoMod
		temp, _ := v.Env.Process("TMPDIR")
		switch v.Machine.OS {
		case "windows":
			temp, _ = v.Env.Process("TMP")
			more, _ := v.Env.Process("TEMP")
			temp = cmp.Or(temp, more)
		default:
			temp = cmp.Or(temp, "/tmp")
		}
		if !m.Exists || temp == "" || folderOf(m.Path) != slashed(temp) {
			return nil
		}
		return []envcheck.Finding{{
			Subject: m.Path, Where: envcheck.Place{File: m.Path}, Evidence: []envcheck.Evidence{{Name: "TMPDIR", Value: temp}},
			Message: msg.Textf("Go ignores %s, because it is directly in the temporary folder", "Go 会忽略 %s，因为它直接位于临时目录下", m.Path),
		}}
	},
}
