package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cch005 = envcheck.Rule{
	Code:     "CCH005",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOCACHE and GOMODCACHE overlap", ZH: "GOCACHE 与 GOMODCACHE 重叠"},
	Why: msg.Text{
		EN: "go clean -modcache removes the whole folder, the build cache with it, and tools that trim one of them damage the other.",
		ZH: "go clean -modcache 会删除整个目录，构建缓存也随之消失；清理其中之一的工具会损坏另一个。",
	},
	Fix:    msg.Text{EN: "Give each a folder of its own.", ZH: "各用各的目录。"},
	Before: "GOCACHE=/cache GOMODCACHE=/cache",
	After:  "GOCACHE=/cache/build GOMODCACHE=/cache/mod",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		build, mod := v.DirNamed("GOCACHE"), v.DirNamed("GOMODCACHE")
		if !inside(build.Path, mod.Path) && !inside(mod.Path, build.Path) {
			return nil
		}
		f := dirFinding(v, mod)
		f.Evidence = append(f.Evidence, dirFinding(v, build).Evidence...)
		f.Message = msg.Textf("GOMODCACHE (%s) and GOCACHE (%s) overlap", "GOMODCACHE（%s）与 GOCACHE（%s）重叠", mod.Path, build.Path)
		return []envcheck.Finding{f}
	},
}
