package rules

import (
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var mod007 = envcheck.Rule{
	Code:     "MOD007",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The module here is not one of the workspace's", ZH: "当前模块不在工作区之内"},
	Why: msg.Text{
		EN: "A go.work above is in force and does not list this module. go build says \"current directory is contained in a module that is not one of the workspace modules listed in go.work\".",
		ZH: "上层的 go.work 正在生效，却没有列出当前模块。go build 会报 “current directory is contained in a module that is not one of the workspace modules listed in go.work”。",
	},
	Fix:    msg.Text{EN: "Add the module with go work use, or build it by itself with GOWORK=off.", ZH: "用 go work use 加入该模块，或以 GOWORK=off 单独构建。"},
	Before: "use ./other   // go.work above",
	After:  "go work use .",
	Since:  "0.2.0",
	Causes: []string{"MOD002"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Work == nil || !v.Module.GoMod.Exists {
			return nil
		}
		here := folderOf(v.Module.GoMod.Path)
		for _, u := range v.Work.Use {
			used := slashed(u.Path)
			if !strings.HasPrefix(used, "/") && !windowsPath(u.Path) {
				used = path.Join(folderOf(v.Module.GoWork.Path), used)
			}
			if used == here {
				return nil
			}
		}
		return []envcheck.Finding{{
			Subject: v.Module.GoMod.Path, Where: envcheck.Place{File: v.Module.GoWork.Path}, Evidence: []envcheck.Evidence{{Name: "go.mod", Value: v.Module.GoMod.Path}, {Name: "go.work", Value: v.Module.GoWork.Path}},
			Message: msg.Textf("%s is in force, but does not list the module in %s", "%s 正在生效，但没有列出 %s 中的模块", v.Module.GoWork.Path, here),
			Fix:     &envcheck.Fix{Command: "go work use ."},
		}}
	},
}
