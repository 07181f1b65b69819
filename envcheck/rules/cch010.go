package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cch010 = envcheck.Rule{
	Code:     "CCH010",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Deep:     true,
	Title:    msg.Text{EN: "A module in the cache has been changed since it was downloaded", ZH: "缓存中的模块在下载之后被改动过"},
	Why: msg.Text{
		EN: "go build takes the unpacked folder as it is and does not notice; go mod verify does. Whoever can write a shared cache can so put code into every program that is built from it.",
		ZH: "go build 直接使用解包后的目录，不会察觉改动；go mod verify 才会检查。因此，凡能写共享缓存的人，都能把代码塞进由它构建的每个程序。",
	},
	Fix:    msg.Text{EN: "Remove the cache and fetch again, then find out who changed it: an editor that jumped into a dependency is harmless, a shared cache of CI jobs is not.", ZH: "清除缓存并重新下载，再查明是谁改的：编辑器跳进依赖里误改无妨，CI 共享缓存被改则非同小可。"},
	Before: "vi $(go env GOMODCACHE)/example.com/lib@v1.0.0/lib.go",
	After:  "go clean -modcache && go mod download",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, m := range v.Deep.Cache.Changed {
			out = append(out, envcheck.Finding{
				Subject: m, Where: envcheck.Place{File: v.Deep.Cache.Dir}, Evidence: []envcheck.Evidence{{Name: "GOMODCACHE", Value: v.Deep.Cache.Dir}},
				Message: msg.Textf("%s in %s is not what was downloaded", "%[2]s 中的 %[1]s 与下载时不一致", m, v.Deep.Cache.Dir),
				Fix:     &envcheck.Fix{Command: "go clean -modcache && go mod download"},
			})
		}
		return out
	},
}
