package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci012 = envcheck.Rule{
	Code:     "CI012",
	Severity: envcheck.Info,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "A cached folder is not where Go writes", ZH: "缓存的目录不是 Go 写入的目录"},
	Why: msg.Text{
		EN: "The folder is inside the project, as it must be, but no line of the file tells Go to use it: Go writes to its default below HOME, and an empty folder is cached. A variable set in GitLab's own settings, or by an included file, would be fine and cannot be seen here.",
		ZH: "该目录确实在项目之内，但文件中没有任何一行让 Go 使用它：Go 仍写到 HOME 下的默认位置，缓存的是空目录。若变量设在 GitLab 的项目设置或被包含的文件中则没有问题，只是此处看不到。",
	},
	Fix:    msg.Text{EN: "Set GOMODCACHE and GOCACHE to the cached folders.", ZH: "把 GOMODCACHE 和 GOCACHE 设为被缓存的目录。"},
	Before: "cache:\n  paths:\n    - .go/pkg/mod/",
	After:  "variables:\n  GOMODCACHE: $CI_PROJECT_DIR/.go/pkg/mod\ncache:\n  paths:\n    - .go/pkg/mod/",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for i := range v.CIFiles {
			f := &v.CIFiles[i]
			if f.Kind != envcheck.FromGitLab {
				continue
			}
			for _, c := range f.Caches {
				path := inProject(c.Path)
				if !goCache.Re().MatchString(path) || outside(v, f, c.Path) || strings.ContainsAny(path, "$*") || filled(v, f, path) {
					continue
				}
				where := envcheck.Place{Origin: f.Kind, File: f.Path, Line: c.Line}
				out = append(out, envcheck.Finding{
					Subject:  c.Path,
					Where:    where,
					Message:  msg.Textf("%s is cached, but nothing in this file makes Go write there", "缓存了 %s，但此文件中没有任何设置让 Go 写到那里", c.Path),
					Evidence: []envcheck.Evidence{{Name: "cache:paths", Value: c.Path, Place: where}},
					Fix:      &envcheck.Fix{Note: msg.Textf("set GOMODCACHE, GOCACHE or GOPATH to $CI_PROJECT_DIR/%s", "把 GOMODCACHE、GOCACHE 或 GOPATH 设为 $CI_PROJECT_DIR/%s", path)},
				})
			}
		}
		return out
	},
}

var goCache = lazyre.New(`(?i)(^|/)\.?go(path|mod|cache)?(/pkg(/mod)?)?$|go-?(build|mod)(-?cache)?$|(^|/)pkg/mod$`)

// inProject writes a path as from the project's folder.
func inProject(path string) string {
	path = strings.Trim(strings.TrimSpace(path), `"'`)
	for _, prefix := range []string{"$CI_PROJECT_DIR", "${CI_PROJECT_DIR}"} {
		path = strings.TrimPrefix(path, prefix)
	}
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(path, "/"), "./"), "/**"), "/")
}

// filled reports whether the file makes Go write at the path, below it or above.
func filled(v *envcheck.View, f *envcheck.CIFile, path string) bool {
	return slices.ContainsFunc(v.SettingsOf("GOMODCACHE", "GOCACHE", "GOPATH", "HOME", "XDG_CACHE_HOME"), func(s envcheck.Setting) bool {
		if s.Place.File != f.Path {
			return false
		}
		to := inProject(strings.NewReplacer("$PWD", "", "$(pwd)", "").Replace(s.Value))
		return to == path || to == "" || strings.HasPrefix(path, to+"/") || strings.HasPrefix(to, path+"/") || strings.Contains(to, "$")
	})
}
