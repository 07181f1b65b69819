package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env018 = envcheck.Rule{
	Code:     "ENV018",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The env file cannot be read", ZH: "env 文件无法读取"},
	Why: msg.Text{
		EN: "The go command goes on without it and says nothing: all settings fall back to their defaults.",
		ZH: "go 命令会一声不响地跳过它，所有设置回到默认值。",
	},
	Fix: msg.Text{
		EN: "Let GOENV name a file, not a folder, and make it readable for this user.",
		ZH: "让 GOENV 指向文件而非目录，并使当前用户可读。",
	},
	Before: "export GOENV=/home/dev/.config/go",
	After:  "export GOENV=/home/dev/.config/go/env",
	Since:  "0.2.0",
	Causes: []string{"ENV019"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		f := v.EnvFile
		switch {
		case f.Off || f.Path == "":
		case f.Exists && f.Mode.IsDir():
			return []envcheck.Finding{{Subject: f.Path, Where: envFilePlace(v, 0),
				Message: msg.Textf("%s is a folder: no setting is read from it", "%s 是目录：不会从中读取任何设置", f.Path)}}
		case f.Error != "":
			return []envcheck.Finding{{Subject: f.Path, Where: envFilePlace(v, 0),
				Message:  msg.Textf("%s cannot be read: its settings have no effect", "无法读取 %s：其中的设置不起作用", f.Path),
				Evidence: []envcheck.Evidence{{Name: "error", Value: f.Error}}}}
		}
		return nil
	},
}
