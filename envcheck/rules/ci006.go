package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci006 = envcheck.Rule{
	Code:     "CI006",
	Severity: envcheck.Security,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "A cache carries programs from job to job", ZH: "缓存在作业之间传递可执行程序"},
	Why: msg.Text{
		EN: "Whoever can run a job on any branch that shares the cache key can put a program under a known name into GOPATH/bin, and the next job runs it, with that job's tokens. go.sum protects modules, nothing protects this folder.",
		ZH: "只要能在共用缓存 key 的任一分支上运行作业，就能把程序以熟悉的名字放进 GOPATH/bin，由下一个作业以它的令牌执行。模块有 go.sum 保护，而这个目录没有任何保护。",
	},
	Fix: msg.Text{
		EN: "Cache the module and build caches only; install tools in the image, or by go tool from go.mod.",
		ZH: "只缓存模块缓存和构建缓存；工具装进镜像，或写入 go.mod 用 go tool 运行。",
	},
	Before: "cache:\n  paths:\n    - go/bin/",
	After:  "cache:\n  paths:\n    - .cache/go-mod/",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for i := range v.CIFiles {
			f := &v.CIFiles[i]
			for _, c := range f.Caches {
				if !programs.Re().MatchString(c.Path) && !isGobin(v, f, c.Path) {
					continue
				}
				where := envcheck.Place{Origin: f.Kind, File: f.Path, Line: c.Line}
				out = append(out, envcheck.Finding{
					Subject:  c.Path,
					Where:    where,
					Message:  msg.Textf("%s holds programs: a job of any branch that shares this cache decides what the others run", "%s 存放可执行程序：共用此缓存的任一分支的作业都能决定其他作业运行什么", c.Path),
					Evidence: []envcheck.Evidence{{Name: "cache:paths", Value: c.Path, Place: where}},
					Fix:      &envcheck.Fix{Note: msg.Textf("take the path out of the cache", "从缓存中删去该路径")},
				})
			}
		}
		return out
	},
}

var programs = lazyre.New(`(?i)(^|/)(\$\{?GOPATH\}?|\.?go|\.?gopath)/bin(/[*]{0,2})?$|^["']?\$\{?GOBIN\}?`)

// isGobin reports whether the file sets GOBIN to the very path that it caches.
func isGobin(v *envcheck.View, f *envcheck.CIFile, path string) bool {
	return slices.ContainsFunc(v.SettingsOf("GOBIN"), func(s envcheck.Setting) bool {
		return s.Place.File == f.Path && inProject(s.Value) == inProject(path)
	})
}
