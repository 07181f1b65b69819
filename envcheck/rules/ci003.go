package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci003 = envcheck.Rule{
	Code:     "CI003",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The job has no usable HOME", ZH: "作业没有可用的 HOME"},
	Why: msg.Text{
		EN: "Services, containers with an arbitrary user and some agents run with HOME unset, / or a folder that does not exist. Go derives the build cache, the module cache and the env file from it: builds end in \"failed to initialize build cache\", or every job begins with empty caches.",
		ZH: "系统服务、以任意用户运行的容器和某些构建代理中，HOME 常未设置、为 / 或指向不存在的目录。Go 的构建缓存、模块缓存和 env 文件都由它推导：构建会以 “failed to initialize build cache” 结束，或每个作业都从空缓存开始。",
	},
	Fix: msg.Text{
		EN: "Give the job a HOME that it can write to, or set GOCACHE, GOPATH and GOENV.",
		ZH: "为作业设置可写的 HOME，或设置 GOCACHE、GOPATH 和 GOENV。",
	},
	Before: `HOME=/nonexistent`,
	After:  `export HOME=$WORKSPACE/.home`,
	Since:  "0.2.0",
	Causes: []string{"ENV008"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Machine.OS == "windows" || !v.Profile.CI && !inCI(v) {
			return nil
		}
		_, cacheSet := v.Env.Process("GOCACHE")
		_, pathSet := v.Env.Process("GOPATH")
		if cacheSet && pathSet {
			return nil
		}
		home, _ := v.Env.Process("HOME")
		dir := v.DirNamed("HOME")
		f := envcheck.Finding{Subject: "HOME", Where: envcheck.Place{Origin: "process"}, Evidence: []envcheck.Evidence{{Name: "HOME", Value: home}}}
		switch {
		case home == "":
			f.Message = msg.Textf("HOME is not set in this job", "该作业没有设置 HOME")
		case slices.Contains([]string{"/", "/nonexistent", "/dev/null"}, home):
			f.Message = msg.Textf("HOME is %s in this job", "该作业的 HOME 为 %s", home)
		case dir.Path != "" && !dir.Exists:
			f.Message = msg.Textf("HOME is %s, which does not exist", "HOME 为 %s，但该目录不存在", home)
		case dir.Path != "" && !dir.IsDir:
			f.Message = msg.Textf("HOME is %s, which is not a folder", "HOME 为 %s，但它不是目录", home)
		case dir.Path != "" && !dir.Writable:
			f.Message = msg.Textf("HOME is %s, which this user cannot write to", "HOME 为 %s，但当前用户不可写", home)
		default:
			return nil
		}
		f.Fix = &envcheck.Fix{Note: msg.Textf("set HOME in the job or in the agent's service to a folder of its own", "在作业或构建代理的服务配置中把 HOME 设为专用目录")}
		return []envcheck.Finding{f}
	},
}
