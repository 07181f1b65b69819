package rules

import (
	"cmp"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root014 = envcheck.Rule{
	Code:     "ROOT014",
	Severity: envcheck.Info,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "Whether the Go installation is genuine could not be told", ZH: "无法判断 Go 安装是否为官方版本"},
	Why: msg.Text{
		EN: "The checksum database has no record of this version and system (a development version, a distribution's build), or it could not be asked.",
		ZH: "校验和数据库中没有该版本与系统的记录（开发版、发行版自行构建），或无法访问数据库。",
	},
	Fix:    msg.Text{EN: "Check again with a mirror that can be reached, or with a proof file from a machine that can.", ZH: "换一个可以访问的镜像再查，或使用在联网机器上取得的证明文件。"},
	Before: "yingzao check --deep   # no mirror answers",
	After:  "yingzao check --deep --online",
	Since:  "0.2.0",
	Deep:   true,
	Find: func(v *envcheck.View) []envcheck.Finding {
		p := v.Deep.Goroot
		if p.Verdict != "unknown" && p.Verdict != "incomplete" {
			return nil
		}
		return []envcheck.Finding{{Subject: cmp.Or(p.Path, v.Goroot.Path), Message: msg.Textf("whether %[1]s is the official %[2]s could not be told", "无法判断 %[1]s 是否为官方 %[2]s", cmp.Or(p.Path, v.Goroot.Path), cmp.Or(p.Version, v.GoVersion())),
			Evidence: []envcheck.Evidence{{Name: "detail", Value: p.Detail}}}}
	},
}
