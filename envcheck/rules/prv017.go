package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prv017 = envcheck.Rule{
	Code:     "PRV017",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The project's own name can reach a mirror", ZH: "项目自身的名称可能泄露给镜像"},
	Why: msg.Text{
		EN: "Nobody is asked about the main module itself. But go mod tidy and go get ask the mirrors for every package that nothing provides, and a package of the project that is not generated yet, or misspelt, is one of them: its path begins with the project's.",
		ZH: "主模块本身不会被查询。但 go mod tidy 与 go get 会向镜像查询每个找不到的包，项目中尚未生成或拼写错误的包也在其列，而它的路径正以项目路径开头。",
	},
	Fix: msg.Text{
		EN: "Add the project's host to GOPRIVATE.",
		ZH: "把项目所在主机加入 GOPRIVATE。",
	},
	Before: `module git.corp.example/team/app with an empty GOPRIVATE`,
	After:  `go env -w GOPRIVATE=git.corp.example`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if len(outsideMirrors(v)) == 0 {
			return nil
		}
		var out []envcheck.Finding
		for _, e := range v.Exposures {
			s := scope(e.Path)
			if e.Why != "main" || e.Class != leak.Private || !strings.Contains(s, ".") || goenv.MatchPatterns(v.Env.Get("GONOPROXY"), e.Path) {
				continue
			}
			if slices.ContainsFunc(leakedToMirrors(v), func(l leak.Exposure) bool { return scope(l.Path) == s }) {
				continue // PRV001 tells of the host
			}
			f := envcheck.Finding{Subject: e.Path, Where: envcheck.Place{File: e.File, Line: e.Line},
				Message:  msg.Textf("a missing package of %[1]s would be asked of %[2]s", "%[1]s 中缺失的包会向 %[2]s 查询", e.Path, strings.Join(outsideMirrors(v), ", ")),
				Evidence: []envcheck.Evidence{{Name: "module", Value: e.Path, Place: envcheck.Place{File: e.File, Line: e.Line}}}}
			f.Fix = coverFix(v, "GONOPROXY", false)
			out = append(out, f)
		}
		return out
	},
}
