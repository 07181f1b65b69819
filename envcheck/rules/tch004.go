package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var tch004 = envcheck.Rule{
	Code:     "TCH004",
	Severity: envcheck.Info,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A command on PATH stands in for the toolchain", ZH: "PATH 中的命令充当了工具链"},
	Why: msg.Text{
		EN: "When go.mod asks for go1.N, the go command first runs whatever is named go1.N on PATH, be it a script, before it looks into the module cache or downloads. A downloaded toolchain is checked against the checksum database, a command on PATH is not.",
		ZH: "当 go.mod 要求 go1.N 时，go 命令会先运行 PATH 中名为 go1.N 的任何程序（哪怕是脚本），然后才查模块缓存或下载。下载的工具链会用校验和数据库验证，PATH 中的命令则不会。",
	},
	Fix:    msg.Text{EN: "Nothing, if it is meant (golang.org/dl). Otherwise remove the command.", ZH: "若是有意为之（golang.org/dl），无需处理；否则删除该命令。"},
	Before: "/home/dev/go/bin/go1.27.0   # a script",
	After:  "rm /home/dev/go/bin/go1.27.0",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		name, at := tooNew(v)
		if name == "" || v.Toolchain.Mode == "" {
			return nil
		}
		t, there := ready(v, name)
		if !there || t.From != "path" {
			return nil
		}
		return []envcheck.Finding{{Subject: t.Path, Where: at, Evidence: toolchainEvidence(v),
			Message: msg.Textf("%[1]s asks for %[2]s, so %[3]s runs in place of %[4]s", "%[1]s 要求 %[2]s，因此运行的是 %[3]s，而不是 %[4]s", at.File, name, t.Path, minimum(v))}}
	},
}
