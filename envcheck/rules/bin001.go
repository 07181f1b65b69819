package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var bin001 = envcheck.Rule{
	Code:     "BIN001",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The program is not static", ZH: "程序不是静态链接的"},
	Why: msg.Text{
		EN: "It starts only where its loader and libraries are, in the versions it was linked with: not in scratch or Alpine images, not on a distribution with an older glibc. Flags do not tell: -s -w changes nothing about it, and a package that loads libraries by itself (purego) makes a program dynamic although CGO_ENABLED=0. Only the file was asked.",
		ZH: "只有加载器和动态库齐全且版本相符时它才能启动：scratch、Alpine 镜像或 glibc 较旧的发行版上都不行。编译参数说明不了问题：-s -w 与此无关；自行加载动态库的包（purego）在 CGO_ENABLED=0 时也会使程序变为动态。此处只看文件本身。",
	},
	Fix: msg.Text{
		EN: "Build with CGO_ENABLED=0; where that was done already, find the import that brings the libraries.",
		ZH: "以 CGO_ENABLED=0 构建；若已如此，找出引入动态库的包。",
	},
	Before: `go build`,
	After:  `CGO_ENABLED=0 go build`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachBinary(v, func(b envcheck.Binary) envcheck.Finding {
			if b.Static || onlyLoader(b) {
				return envcheck.Finding{}
			}
			needs := strings.Join(append([]string{b.Interp}, b.Needed...), " ")
			f := envcheck.Finding{
				Message:  msg.Textf("to start it needs %s", "启动时需要 %s", strings.TrimSpace(needs)),
				Evidence: saw(b, "PT_INTERP", b.Interp, "DT_NEEDED", strings.Join(b.Needed, " "), "CGO_ENABLED", b.Settings["CGO_ENABLED"]),
				Fix:      &envcheck.Fix{Command: "CGO_ENABLED=0 go build"},
			}
			if b.Settings["CGO_ENABLED"] == "0" {
				f.Message = msg.Textf("built with CGO_ENABLED=0, and yet to start it needs %s", "虽以 CGO_ENABLED=0 构建，启动时仍需要 %s", strings.TrimSpace(needs))
				f.Fix = &envcheck.Fix{Note: msg.Textf("a package has //go:cgo_import_dynamic lines; purego is the usual one: go mod why -m github.com/ebitengine/purego", "某个包含有 //go:cgo_import_dynamic，常见的是 purego：go mod why -m github.com/ebitengine/purego")}
			}
			return f
		})
	},
}
