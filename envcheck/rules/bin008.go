package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var bin008 = envcheck.Rule{
	Code:     "BIN008",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A position-independent program needs a loader", ZH: "位置无关程序需要加载器"},
	Why: msg.Text{
		EN: "With -buildmode=pie Go names the dynamic loader in the program even where CGO_ENABLED=0 and no library is used. In a scratch image, or on a system whose loader has another name (musl), it ends in \"no such file or directory\" although the file is there.",
		ZH: "使用 -buildmode=pie 时，即便 CGO_ENABLED=0 且不用任何库，Go 也会在程序中写入动态加载器。在 scratch 镜像或加载器名称不同（musl）的系统上，文件明明存在却报 “no such file or directory”。",
	},
	Fix: msg.Text{
		EN: "Build with the default mode; where PIE is demanded, ship the loader or link statically with cgo and -static-pie.",
		ZH: "使用默认构建模式；若必须为 PIE，则随附加载器，或以 cgo 加 -static-pie 静态链接。",
	},
	Before: `CGO_ENABLED=0 go build -buildmode=pie`,
	After:  `CGO_ENABLED=0 go build`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachBinary(v, func(b envcheck.Binary) envcheck.Finding {
			if !onlyLoader(b) {
				return envcheck.Finding{}
			}
			return envcheck.Finding{
				Message:  msg.Textf("it uses no library, but does not start without %s", "它不使用任何库，但没有 %s 就无法启动", b.Interp),
				Evidence: saw(b, "PT_INTERP", b.Interp, "-buildmode", b.Settings["-buildmode"], "CGO_ENABLED", b.Settings["CGO_ENABLED"]),
				Fix:      &envcheck.Fix{Note: msg.Textf("build without -buildmode=pie", "构建时去掉 -buildmode=pie")},
			}
		})
	},
}
