package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env008 = envcheck.Rule{
	Code:     "ENV008",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "There is no home folder, so the go command has no place for its cache", ZH: "没有主目录，go 命令无处存放缓存"},
	Why: msg.Text{
		EN: "Services, cron jobs and some CI agents start without HOME. Every build then stops with \"build cache is required, but could not be located\".",
		ZH: "系统服务、cron 作业与部分 CI 代理启动时没有 HOME。此时任何构建都会以 “build cache is required, but could not be located” 中止。",
	},
	Fix: msg.Text{
		EN: "Set HOME for the job, or GOCACHE and GOPATH to folders that it may write.",
		ZH: "为作业设置 HOME，或把 GOCACHE 与 GOPATH 设为它可写的目录。",
	},
	Before: "env -i PATH=/usr/bin:/usr/local/go/bin go build",
	After:  "env -i PATH=/usr/bin:/usr/local/go/bin HOME=/home/dev go build",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		err := v.Env.Paths().CacheErr
		if err == nil || v.Env.Lookup("GOCACHE").Value != "" {
			return nil
		}
		name := "HOME"
		if v.Machine.OS == "windows" {
			name = "LocalAppData"
		}
		return []envcheck.Finding{{Subject: name, Message: msg.Textf("no build can start: %v", "任何构建都无法开始：%v", err)}}
	},
}
