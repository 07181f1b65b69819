package rules

import (
	"go/version"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var mod006 = envcheck.Rule{
	Code:     "MOD006",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "go.work has an older go line than one of its modules", ZH: "go.work 的 go 版本低于其中的模块"},
	Why: msg.Text{
		EN: "Every command in the workspace stops: \"module … listed in go.work file requires go >= …, but go.work lists go …\". It happens when go get raises the go line of a member.",
		ZH: "工作区内的所有命令都会中止：“module … listed in go.work file requires go >= …, but go.work lists go …”。常见于 go get 提升了某个成员的 go 版本之后。",
	},
	Fix:    msg.Text{EN: "Run go work use without arguments: it raises the go line.", ZH: "运行不带参数的 go work use，它会提升 go 版本行。"},
	Before: "go 1.21   // go.work; a member says go 1.25",
	After:  "go work use",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Work == nil {
			return nil
		}
		work := "1.18" // what a go.work without the line means
		at := envcheck.Place{File: v.Module.GoWork.Path}
		if v.Work.Go != nil {
			work, at.Line = v.Work.Go.Version, v.Work.Go.Syntax.Start.Line
		}
		var out []envcheck.Finding
		for _, m := range v.Module.Members {
			f, err := modfile.Parse(m.Path, m.Data, nil)
			if !m.Exists || err != nil || f.Go == nil || version.Compare("go"+f.Go.Version, "go"+work) <= 0 {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject: m.Path, Where: at,
				Evidence: []envcheck.Evidence{{Name: "go.work", Value: "go " + work, Place: at}, {Name: "go.mod", Value: "go " + f.Go.Version, Place: envcheck.Place{File: m.Path, Line: f.Go.Syntax.Start.Line}}},
				Message:  msg.Textf("%s wants go %s, but go.work says go %s", "%s 要求 go %s，而 go.work 写的是 go %s", m.Path, f.Go.Version, work),
				Fix:      &envcheck.Fix{Command: "go work use"},
			})
		}
		return out
	},
}
