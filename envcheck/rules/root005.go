package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root005 = envcheck.Rule{
	Code:     "ROOT005",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The go command was copied without its GOROOT", ZH: "go 命令被单独拷出，没有 GOROOT"},
	Why: msg.Text{
		EN: "A release of Go has no root built in; the command looks for ../pkg/tool beside itself. Copied alone into a bin folder it stops with \"'go' binary is trimmed and GOROOT is not set\". A symbolic link works.",
		ZH: "正式发布的 Go 没有内置根目录，命令会在自身旁边查找 ../pkg/tool。单独拷到某个 bin 目录后，会以 “'go' binary is trimmed and GOROOT is not set” 中止。符号链接则没有问题。",
	},
	Fix:    msg.Text{EN: "Replace the copy by a symbolic link, or put the bin folder of the installation on PATH.", ZH: "把拷贝换成符号链接，或把安装目录的 bin 放进 PATH。"},
	Before: "cp /usr/local/go/bin/go /usr/local/bin/",
	After:  "ln -sf /usr/local/go/bin/go /usr/local/bin/go",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if len(v.Gos) == 0 || v.Gos[0].Version == "" || v.Goroot.OwnPath != "" {
			return nil
		}
		f := envcheck.Finding{Subject: v.Gos[0].Path, Message: msg.Textf("%s stands in no Go installation", "%s 不在任何 Go 安装目录中", v.Gos[0].Path),
			Evidence: []envcheck.Evidence{{Name: v.Gos[0].Path, Value: v.Gos[0].Version}}}
		if v.Goroot.Path != "" { // GOROOT makes it work, until one of the two is upgraded
			f.Severity = envcheck.Warning
		}
		return []envcheck.Finding{f}
	},
}
