package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root002 = envcheck.Rule{
	Code:     "ROOT002",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "GOROOT does not name a Go installation", ZH: "GOROOT 指向的不是 Go 安装目录"},
	Why: msg.Text{
		EN: "Where the folder does not exist, every go command stops with \"cannot find GOROOT directory\". Where it does but holds something else, go version still works, and builds fail because packages such as fmt are \"not in std\".",
		ZH: "目录不存在时，所有 go 命令都会以 “cannot find GOROOT directory” 中止。目录存在但内容不对时，go version 仍能运行，构建却会因 fmt 等包 “is not in std” 而失败。",
	},
	Fix:    msg.Text{EN: "Remove GOROOT: the go command finds its own.", ZH: "删除 GOROOT：go 命令能自己找到根目录。"},
	Before: "export GOROOT=/usr/local/go1.20",
	After:  "unset GOROOT",
	Since:  "0.2.0",
	Causes: []string{"ENV010"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		s := v.InForce("GOROOT")
		if s.Value == "" || v.Goroot.From == "command" || v.Goroot.Path == "" || v.Goroot.Exists && v.Goroot.Tools {
			return nil
		}
		m := msg.Textf("GOROOT is %s, which does not exist", "GOROOT 是 %s，该目录不存在", s.Value)
		if v.Goroot.Exists {
			m = msg.Textf("GOROOT is %s, which holds no Go tools (pkg/tool)", "GOROOT 是 %s，其中没有 Go 工具（pkg/tool）", s.Value)
		}
		return []envcheck.Finding{settingFound(s, m, v.FixUnset(s, v.Goroot.OwnPath != ""))}
	},
}
