package rules

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx021 = envcheck.Rule{
	Code:     "PRX021",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A folder that GOPROXY names holds no modules", ZH: "GOPROXY 指向的目录中没有模块"},
	Why: msg.Text{
		EN: "A file:// mirror is a folder with <module>/@v/ inside, as GOMODCACHE/cache/download is; GOMODCACHE itself is not. To the go command a missing folder only means that it does not have the module: it tries the next entry, or stops with \"no such file or directory\".",
		ZH: "file:// 镜像是内含 <module>/@v/ 的目录，如 GOMODCACHE/cache/download，而不是 GOMODCACHE 本身。目录不存在对 go 命令只意味着没有该模块：它会尝试下一项，或以 “no such file or directory” 中止。",
	},
	Fix:    msg.Text{EN: "Name the folder that holds <module>/@v, and see that it is mounted.", ZH: "写出内含 <module>/@v 的目录，并确认它已挂载。"},
	Before: "GOPROXY=file:///srv/go/pkg/mod",
	After:  "GOPROXY=file:///srv/go/pkg/mod/cache/download",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		l := proxyInForce(v)
		for _, p := range l.entries {
			if p.Dead || p.URL == nil || p.URL.Scheme != "file" {
				continue
			}
			n := slices.IndexFunc(v.FileMirrors, func(m envcheck.FileMirror) bool { return m.URL == p.URL.String() })
			if n < 0 || v.FileMirrors[n].Layout == "." {
				continue
			}
			switch m := v.FileMirrors[n]; {
			case !m.IsDir:
				out = append(out, *l.finding(msg.Textf("GOPROXY names the folder %[1]s, which does not exist", "GOPROXY 指向的目录 %[1]s 不存在", m.Path), nil))
			case m.Layout != "":
				better := func(other goenv.Proxy) string {
					if other.Raw != p.Raw {
						return ""
					}
					return strings.TrimRight(word(p), "/") + "/" + filepath.ToSlash(m.Layout)
				}
				out = append(out, *l.finding(msg.Textf("the modules are in %[2]s below %[1]s, which GOPROXY names", "GOPROXY 指向 %[1]s，而模块在其下的 %[2]s 中", m.Path, m.Layout), l.fix(v, l.mended(better), true)))
			default:
				out = append(out, *l.finding(msg.Textf("the folder %[1]s, which GOPROXY names, holds no modules", "GOPROXY 指向的目录 %[1]s 中没有模块", m.Path), nil))
			}
		}
		return out
	},
}
