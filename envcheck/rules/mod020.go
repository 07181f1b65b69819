package rules

import (
	"cmp"
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var mod020 = envcheck.Rule{
	Code:     "MOD020",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The project relies on GOPATH: there is no go.mod", ZH: "项目仍依赖 GOPATH：没有 go.mod"},
	Why: msg.Text{
		EN: "With modules, which are the default since Go 1.16, nothing below GOPATH/src is searched, whatever GO111MODULE=on is said to do: go stops with \"go.mod file not found\" and, for imports, \"no required module provides package\".",
		ZH: "自 Go 1.16 起默认使用模块，GOPATH/src 下的代码不会再被查找；所谓 “GO111MODULE=on 会回退到 GOPATH/src” 的说法并不成立：go 会报 “go.mod file not found”，导入时则报 “no required module provides package”。",
	},
	Fix:    msg.Text{EN: "Make a module: go mod init with the import path, then go mod tidy.", ZH: "建立模块：用导入路径运行 go mod init，再运行 go mod tidy。"},
	Before: "~/go/src/example.com/app without go.mod",
	After:  "go mod init example.com/app && go mod tidy",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Module.GoMod.Exists {
			return nil
		}
		list := v.Env.Get("GOPATH")
		if list == "" && v.Home != "" {
			list = path.Join(slashed(v.Home), "go")
		}
		separator := ":"
		if v.Machine.OS == "windows" {
			separator = ";"
		}
		for root := range strings.SplitSeq(list, separator) {
			if root == "" {
				continue
			}
			src := path.Join(slashed(root), "src")
			if !inside(src, v.Dir) || slashed(v.Dir) == src {
				continue
			}
			name := strings.TrimPrefix(slashed(v.Dir), src+"/")
			return []envcheck.Finding{{
				Subject: v.Dir, Where: envcheck.Place{File: v.Dir}, Evidence: []envcheck.Evidence{{Name: "GOPATH", Value: root}, {Name: "GO111MODULE", Value: cmp.Or(v.Env.Get("GO111MODULE"), "on")}},
				Message: msg.Textf("%s is below GOPATH/src and has no go.mod", "%s 位于 GOPATH/src 之下，却没有 go.mod", v.Dir),
				Fix:     &envcheck.Fix{Command: "go mod init " + name},
			}}
		}
		return nil
	},
}
