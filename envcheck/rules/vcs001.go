package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs001 = envcheck.Rule{
	Code:     "VCS001",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "git is not installed, but modules are fetched directly", ZH: "需要直接获取模块，却没有安装 git"},
	Why: msg.Text{
		EN: "A module that no mirror serves comes from its repository, by git: go says \"exec: \"git\": executable file not found in $PATH\". Slim and Alpine-based images of Go come without git.",
		ZH: "镜像不提供的模块要用 git 从仓库获取，此时 go 会报 “exec: \"git\": executable file not found in $PATH”。精简版和基于 Alpine 的 Go 镜像都不带 git。",
	},
	Fix:    msg.Text{EN: "Install git, or serve every module from a mirror and take direct out of GOPROXY.", ZH: "安装 git；或让镜像提供全部模块，并从 GOPROXY 中去掉 direct。"},
	Before: "FROM golang:1.26-alpine",
	After:  "RUN apk add --no-cache git",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Git.Path != "" {
			return nil
		}
		f := envcheck.Finding{Subject: "git", Fix: &envcheck.Fix{Command: "apt-get install -y git"}}
		if v.Machine.Libc == "musl" {
			f.Fix.Command = "apk add git"
		}
		if hosts := directHosts(v, false); len(hosts) > 0 {
			f.Severity = envcheck.Error
			f.Message = msg.Textf("git is not on PATH, and modules are fetched directly from %s", "PATH 中没有 git，而有模块要直接从 %s 获取", strings.Join(hosts, ", "))
			return []envcheck.Finding{f}
		}
		if live := v.Proxies.Live(); len(live) > 0 && live[0].Word == "direct" {
			f.Message = msg.Textf("git is not on PATH, and GOPROXY fetches every module directly", "PATH 中没有 git，而 GOPROXY 要求所有模块都直接获取")
			return []envcheck.Finding{f}
		}
		return nil
	},
}
