package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci001 = envcheck.Rule{
	Code:     "CI001",
	Severity: envcheck.Warning,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "A GitLab cache path lies outside of the project", ZH: "GitLab 缓存路径位于项目目录之外"},
	Why: msg.Text{
		EN: "The runner saves only what lies below CI_PROJECT_DIR. A path like $HOME/go/pkg/mod matches no files there: the job says \"no matching files\" and succeeds, and every job downloads all modules again.",
		ZH: "Runner 只保存 CI_PROJECT_DIR 之下的内容。$HOME/go/pkg/mod 这样的路径在其中匹配不到文件：作业提示 “no matching files” 后照常成功，而每个作业都会重新下载全部模块。",
	},
	Fix: msg.Text{
		EN: "Move Go's caches into the project by variables, and cache those folders.",
		ZH: "用 variables 把 Go 的缓存移到项目目录内，再缓存这些目录。",
	},
	Before: "cache:\n  paths:\n    - $HOME/go/pkg/mod/",
	After:  "variables:\n  GOMODCACHE: $CI_PROJECT_DIR/.cache/go-mod\n  GOCACHE: $CI_PROJECT_DIR/.cache/go-build\ncache:\n  paths:\n    - .cache/go-mod/\n    - .cache/go-build/",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for i := range v.CIFiles {
			f := &v.CIFiles[i]
			if f.Kind != envcheck.FromGitLab {
				continue
			}
			for _, c := range f.Caches {
				if !outside(v, f, c.Path) || programs.Re().MatchString(c.Path) { // CI006: it should not be cached anywhere
					continue
				}
				where := envcheck.Place{Origin: f.Kind, File: f.Path, Line: c.Line}
				out = append(out, envcheck.Finding{
					Subject:  c.Path,
					Where:    where,
					Message:  msg.Textf("the cache path %s is not below CI_PROJECT_DIR: nothing is kept", "缓存路径 %s 不在 CI_PROJECT_DIR 之下：什么也不会保存", c.Path),
					Evidence: []envcheck.Evidence{{Name: "cache:paths", Value: c.Path, Place: where}},
					Fix:      &envcheck.Fix{Note: msg.Textf("set GOMODCACHE and GOCACHE to folders below $CI_PROJECT_DIR and cache those", "把 GOMODCACHE 和 GOCACHE 设为 $CI_PROJECT_DIR 之下的目录，并缓存它们")},
				})
			}
		}
		return out
	},
}
