package rules

import (
	"path"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var mod008 = envcheck.Rule{
	Code:     "MOD008",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "Two modules of the workspace replace the same module differently", ZH: "工作区的两个模块对同一模块的 replace 不一致"},
	Why: msg.Text{
		EN: "Each module alone builds; together every command stops with \"conflicting replacements\".",
		ZH: "单独构建每个模块都没问题，放在一起则所有命令都会以 “conflicting replacements” 中止。",
	},
	Fix:    msg.Text{EN: "Say in go.work which one counts, or make the modules agree.", ZH: "在 go.work 中写明以哪一个为准，或让各模块保持一致。"},
	Before: "replace example.com/lib => ./lib   // in one go.mod, ../lib in another",
	After:  "go work edit -replace example.com/lib=./lib",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Work == nil {
			return nil
		}
		settled := map[string]bool{}
		for _, r := range v.Work.Replace {
			settled[r.Old.String()], settled[r.Old.Path] = true, true
		}
		type said struct {
			to string
			at envcheck.Place
		}
		first := map[string]said{}
		var out []envcheck.Finding
		for _, m := range v.Module.Members {
			f, err := modfile.Parse(m.Path, m.Data, nil)
			if !m.Exists || err != nil {
				continue
			}
			for _, r := range f.Replace {
				now := said{to: r.New.String(), at: envcheck.Place{File: m.Path, Line: r.Syntax.Start.Line}}
				if modfile.IsDirectoryPath(r.New.Path) && !strings.HasPrefix(r.New.Path, "/") {
					now.to = path.Join(folderOf(m.Path), slashed(r.New.Path))
				}
				old := r.Old.String()
				before, ok := first[old]
				if !ok {
					first[old] = now
				}
				if !ok || before.to == now.to || settled[old] || settled[r.Old.Path] {
					continue
				}
				out = append(out, envcheck.Finding{
					Subject: old, Where: now.at, Evidence: []envcheck.Evidence{{Name: "replace", Value: before.to, Place: before.at}, {Name: "replace", Value: now.to, Place: now.at}},
					Message: msg.Textf("%s is replaced by %s and by %s", "%s 同时被替换为 %s 和 %s", old, before.to, now.to),
				})
			}
		}
		return out
	},
}
