package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env015 = envcheck.Rule{
	Code:     "ENV015",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "The env file cannot be written", ZH: "env 文件不可写"},
	Why: msg.Text{
		EN: "go env -w fails, and so does every remedy that sets something for good.",
		ZH: "go env -w 会失败，所有需要永久修改设置的修复也会失败。",
	},
	Fix:    msg.Text{EN: "Give the file, or the folder it belongs in, back to the user.", ZH: "把该文件或其所在目录的所有权交还给用户。"},
	Before: "sudo go env -w GOPROXY=https://goproxy.cn,direct",
	After:  `sudo chown -R "$USER" ~/.config/go`,
	Since:  "0.2.0",
	Causes: []string{"ENV019"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.EnvFile.Off || v.EnvFile.Writable || v.EnvFile.Path == "" {
			return nil
		}
		return []envcheck.Finding{{Subject: v.EnvFile.Path, Where: envFilePlace(v, 0),
			Message: msg.Textf("%s cannot be written by this user", "当前用户无法写入 %s", v.EnvFile.Path)}}
	},
}
