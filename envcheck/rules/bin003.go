package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var bin003 = envcheck.Rule{
	Code:     "BIN003",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The program has no build information", ZH: "程序没有构建信息"},
	Why: msg.Text{
		EN: "Which Go and which modules are inside cannot be told, so neither can a vulnerability scan. go build always writes it, and -s -w keeps it: it was packed or obfuscated afterwards, or is no Go program.",
		ZH: "无法得知其中的 Go 和模块版本，漏洞扫描也就无从谈起。go build 总会写入构建信息，-s -w 也会保留：它要么在构建后被加壳或混淆，要么不是 Go 程序。",
	},
	Fix: msg.Text{
		EN: "Ship what go build wrote; compress the archive, not the program.",
		ZH: "直接发布 go build 的产物；要压缩就压缩归档，而不是程序本身。",
	},
	Before: `upx app`,
	After:  `tar -czf app.tar.gz app`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachBinary(v, func(b envcheck.Binary) envcheck.Finding {
			if b.GoVersion != "" {
				return envcheck.Finding{}
			}
			return envcheck.Finding{
				Message:  msg.Textf("%[1]s/%[2]s, without Go's build information", "%[1]s/%[2]s，没有 Go 的构建信息", b.OS, b.Arch),
				Evidence: saw(b, "GOOS/GOARCH", b.OS+"/"+b.Arch),
			}
		})
	},
}
