package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs003 = envcheck.Rule{
	Code:     "VCS003",
	Severity: envcheck.Security,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "git is told to use http or git:// instead of https", ZH: "git 被配置为用 http 或 git:// 代替 https"},
	Why: msg.Text{
		EN: "insteadOf is applied to what the go command asks for as well: the repository comes unencrypted and from whoever answers, and credentials are sent in the clear. go prints the https address all the same.",
		ZH: "insteadOf 对 go 命令发起的请求同样生效：仓库内容以明文传输，谁应答就取谁的，凭据也会明文发出。而 go 显示的仍是 https 地址。",
	},
	Fix:    msg.Text{EN: "Rewrite to https:// or ssh:// only, or remove the line.", ZH: "只改写为 https:// 或 ssh://，或删除该行。"},
	Before: `git config --global url."http://git.corp.example/".insteadOf https://git.corp.example/`,
	After:  `git config --global url."ssh://git@git.corp.example/".insteadOf https://git.corp.example/`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, r := range insteadOfs(v) {
			to := strings.ToLower(r.New)
			if !strings.HasPrefix(strings.ToLower(r.Old), "https:") || !strings.HasPrefix(to, "http://") && !strings.HasPrefix(to, "git://") {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject: r.Old, Where: gitPlace(r.Entry), Evidence: gitEvidence(r.Entry), Fix: unsetGit(r.Entry),
				Message: msg.Textf("git asks %[2]s instead of %[1]s: without encryption, from whoever answers", "git 会访问 %[2]s 而不是 %[1]s：没有加密，也不验证对方身份", r.Old, r.New),
			})
		}
		return out
	},
}
