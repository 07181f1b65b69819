package rules

import (
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var mod005 = envcheck.Rule{
	Code:     "MOD005",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "go.work lists a module that is not there", ZH: "go.work 列出的模块不存在"},
	Why: msg.Text{
		EN: "One missing member stops every command in the workspace: \"cannot load module … listed in go.work file\". In CI only one of the repositories is checked out.",
		ZH: "只要缺少一个成员，工作区内的所有命令都会中止：“cannot load module … listed in go.work file”。常见于 CI 只检出了其中一个仓库。",
	},
	Fix:    msg.Text{EN: "Check the module out, drop it with go work edit -dropuse, or build with GOWORK=off.", ZH: "检出该模块，或用 go work edit -dropuse 去掉它，或以 GOWORK=off 构建。"},
	Before: "use ../lib   // not checked out",
	After:  "go work edit -dropuse=../lib",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Work == nil {
			return nil
		}
		dir := folderOf(v.Module.GoWork.Path)
		var out []envcheck.Finding
		for _, u := range v.Work.Use {
			want := slashed(u.Path)
			if !strings.HasPrefix(want, "/") && !windowsPath(u.Path) {
				want = path.Join(dir, want)
			}
			for _, m := range v.Module.Members {
				if m.Exists || m.Error != "" || folderOf(m.Path) != want {
					continue
				}
				at := envcheck.Place{File: v.Module.GoWork.Path, Line: u.Syntax.Start.Line}
				out = append(out, envcheck.Finding{
					Subject: u.Path, Where: at, Evidence: []envcheck.Evidence{{Name: "use", Value: u.Path, Place: at}, {Name: "missing", Value: m.Path}},
					Message: msg.Textf("go.work lists %s, but there is no %s", "go.work 列出了 %s，但 %s 不存在", u.Path, m.Path),
					Fix:     &envcheck.Fix{Command: "go work edit -dropuse=" + u.Path},
				})
			}
		}
		return out
	},
}
