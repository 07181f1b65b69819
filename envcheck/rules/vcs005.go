package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs005 = envcheck.Rule{
	Code:     "VCS005",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "There is no credential for the host of private modules", ZH: "没有访问私有模块主机的凭据"},
	Why: msg.Text{
		EN: "The go command lets git ask no questions (GIT_TERMINAL_PROMPT=0). Without a stored credential a private repository ends in \"could not read Username … terminal prompts disabled\".",
		ZH: "go 命令不允许 git 提问（GIT_TERMINAL_PROMPT=0）。没有保存好的凭据，访问私有仓库就会以 “could not read Username … terminal prompts disabled” 告终。",
	},
	Fix:    msg.Text{EN: "Add a line \"machine HOST login NAME password TOKEN\" to ~/.netrc (mode 600), set up a credential helper of git, or have git use ssh for the host.", ZH: "在 ~/.netrc（权限 600）中加入一行 “machine 主机 login 用户名 password 令牌”，或配置 git 的凭据助手，或让 git 对该主机使用 ssh。"},
	Before: "GOPRIVATE=git.corp.example   # and nothing else",
	After:  "machine git.corp.example login li password <token>",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, host := range directHosts(v, true) {
			if credentialFor(v, host) {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject: host, Evidence: []envcheck.Evidence{{Name: "host", Value: host}, {Name: "GOAUTH", Value: v.Env.Get("GOAUTH")}},
				Message: msg.Textf("private modules come from %s, but neither netrc nor git has a credential for it", "私有模块来自 %s，但 netrc 与 git 中都没有它的凭据", host),
			})
		}
		return out
	},
}
