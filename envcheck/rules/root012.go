package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root012 = envcheck.Rule{
	Code:     "ROOT012",
	Severity: envcheck.Error,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "There is no go command on PATH", ZH: "PATH 中没有 go 命令"},
	Why: msg.Text{
		EN: "Nothing can be built from here. Often Go is installed but only the login shell has its bin folder on PATH: services, sudo and CI agents do not.",
		ZH: "此处无法构建任何东西。常见情况是 Go 已安装，但只有登录 shell 的 PATH 含有其 bin 目录：服务、sudo 与 CI 代理则没有。",
	},
	Fix:    msg.Text{EN: "Install Go, or put the bin folder of the installation on PATH where this job gets its environment; on a desk yingzao bootstrap apply does both.", ZH: "安装 Go，或在该作业获取环境的地方把安装目录的 bin 加进 PATH；在开发机上 yingzao bootstrap apply 可一并完成。"},
	Before: "PATH=/usr/bin:/bin",
	After:  "PATH=/usr/local/go/bin:/usr/bin:/bin",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if len(v.Gos) > 0 {
			return nil
		}
		path, _ := v.Env.Process("PATH")
		return []envcheck.Finding{{Subject: "go", Evidence: []envcheck.Evidence{{Name: "PATH", Value: path, Place: envcheck.Place{Origin: "process"}}}}}
	},
}
