package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx020 = envcheck.Rule{
	Code:     "PRX020",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOPROXY=off, and the module cache lacks modules of go.mod", ZH: "GOPROXY=off，而模块缓存缺少 go.mod 中的模块"},
	Why: msg.Text{
		EN: "With off the go command takes modules from its cache alone. What is missing there stops the build with \"module lookup disabled by GOPROXY=off\".",
		ZH: "设为 off 时 go 命令只从自己的缓存取模块，缺少的会使构建以 “module lookup disabled by GOPROXY=off” 中止。",
	},
	Fix:    msg.Text{EN: "Fill the cache once where there is a network, by go mod download, and carry GOMODCACHE/cache/download over; or name a mirror inside; or vendor.", ZH: "在有网络的机器上用 go mod download 填充缓存，再把 GOMODCACHE/cache/download 带过来；或使用内部镜像；或使用 vendor。"},
	Before: "GOPROXY=off go build ./...",
	After:  "GOPROXY=file:///srv/go/cache/download,off go build ./...",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		l := proxyInForce(v)
		if len(l.entries) == 0 || l.entries[0].Word != "off" || vendored(v) {
			return nil
		}
		var lacking []string
		for _, m := range v.Module.CacheMissing {
			path, _, _ := strings.Cut(m, "@")
			if !goenv.MatchPatterns(v.Env.Get("GONOPROXY"), path) { // those come from their own host all the same
				lacking = append(lacking, m)
			}
		}
		if len(lacking) == 0 {
			return nil
		}
		f := l.finding(msg.Textf("GOPROXY is off and the module cache lacks %[1]s (%[2]d in all)", "GOPROXY 为 off，而模块缓存缺少 %[1]s（共 %[2]d 个）", lacking[0], len(lacking)), nil)
		for _, m := range lacking {
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "missing", Value: m, Place: envcheck.Place{File: v.Module.GoMod.Path}})
		}
		return []envcheck.Finding{*f}
	},
}

// vendored reports whether builds take modules from the vendor folder, and so
// neither from mirrors nor from the cache, and without go.sum.
func vendored(v *envcheck.View) bool {
	for _, f := range v.Flags {
		if f.Name == "mod" {
			return f.Value == "vendor"
		}
	}
	return v.Module.Vendor.Exists
}
