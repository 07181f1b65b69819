package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root013 = envcheck.Rule{
	Code:     "ROOT013",
	Severity: envcheck.Error,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "The first go on PATH is not a go command", ZH: "PATH 中的第一个 go 不是 go 命令"},
	Why: msg.Text{
		EN: "It is a broken link, a damaged file, a script of a version manager, or a program for another system. What it runs, if anything, cannot be told from here.",
		ZH: "它可能是失效的链接、损坏的文件、版本管理器的脚本，或其他系统的程序。它究竟会运行什么，从这里无从得知。",
	},
	Fix:    msg.Text{EN: "Remove it, or put the folder of the Go you mean before it on PATH.", ZH: "删除它，或在 PATH 中把真正的 Go 所在目录放到它前面。"},
	Before: "/usr/local/bin/go -> /usr/local/go1.20/bin/go   # deleted",
	After:  "ln -sf /usr/local/go/bin/go /usr/local/bin/go",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if len(v.Gos) == 0 || v.Gos[0].Version != "" {
			return nil
		}
		g := v.Gos[0]
		f := envcheck.Finding{Subject: g.Path, Message: msg.Textf("%s is not a go command that can be read", "%s 不是可读取的 go 命令", g.Path),
			Evidence: []envcheck.Evidence{{Name: "error", Value: g.Error}}}
		if v.GoEnv != nil { // a wrapper that works
			f.Severity = envcheck.Warning
			f.Message = msg.Textf("%s is a wrapper, not the go command itself", "%s 是包装程序，而不是 go 命令本身", g.Path)
		}
		return []envcheck.Finding{f}
	},
}
