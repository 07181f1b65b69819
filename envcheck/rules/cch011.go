package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cch011 = envcheck.Rule{
	Code:     "CCH011",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A cache lies inside the project or inside GOROOT", ZH: "缓存位于项目目录或 GOROOT 之内"},
	Why: msg.Text{
		EN: "In the project git takes the cache for new files: every program is stamped vcs.modified=true, and git add takes it along. In GOROOT an update of Go removes it, and GOROOT no longer matches the official release.",
		ZH: "放在项目内，git 会把缓存当成新文件：构建出的程序都带上 vcs.modified=true，git add 也会把它一并加入。放在 GOROOT 内，升级 Go 时会被删除，GOROOT 也不再与官方发行版一致。",
	},
	Fix:    msg.Text{EN: "Move the cache out, or into a folder of the project that .gitignore names and that begins with a dot.", ZH: "把缓存移到项目之外，或放进项目中以点开头且已写入 .gitignore 的目录。"},
	Before: "GOMODCACHE=$CI_PROJECT_DIR/cache",
	After:  "GOMODCACHE=$CI_PROJECT_DIR/.cache/go-mod",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, d := range dirsNamed(v, caches...) {
			f := dirFinding(v, d)
			// Some keep their whole home folder in git; the caches belong there.
			switch {
			case inside(v.Goroot.Path, d.Path):
				f.Message = msg.Textf("%s (%s) is inside GOROOT", "%s（%s）位于 GOROOT 之内", d.Name, d.Path)
			case v.Module.RepoDir != "" && v.Module.GoMod.Exists && inside(v.Module.RepoDir, d.Path) && !inside(d.Path, v.Module.RepoDir) && !inside(v.Module.RepoDir, v.Home) && !hidden(v.Module.RepoDir, d.Path):
				f.Message = msg.Textf("%s (%s) is inside the project %s", "%s（%s）位于项目 %s 之内", d.Name, d.Path, v.Module.RepoDir)
			default:
				continue
			}
			out = append(out, f)
		}
		return out
	},
}

// hidden reports whether a folder between dir and p begins with a dot: the form
// that CI caches use on purpose.
func hidden(dir, p string) bool {
	return strings.Contains(strings.TrimPrefix(slashed(p), strings.TrimSuffix(slashed(dir), "/")), "/.")
}
