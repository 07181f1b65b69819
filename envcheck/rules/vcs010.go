package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs010 = envcheck.Rule{
	Code:     "VCS010",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "git is told to use ssh where there may be no key", ZH: "git 被配置为改用 ssh，而这里未必有密钥"},
	Why: msg.Text{
		EN: "The go command leaves ssh to git, and nobody is there to answer its questions. A rewrite of a public host makes public repositories need a key; on a build machine without an agent a rewrite of a private host fails too: \"Permission denied (publickey)\" or \"Host key verification failed\".",
		ZH: "go 命令把 ssh 交给 git 去运行，而 ssh 提问时没有人能回答。改写公共主机会使公共仓库也需要密钥；在没有 ssh-agent 的构建机上，改写私有主机同样会失败：“Permission denied (publickey)” 或 “Host key verification failed”。",
	},
	Fix:    msg.Text{EN: "Rewrite the private host alone, and on a build machine give an agent or a deploy key and a known_hosts file; or use a token by netrc.", ZH: "只改写私有主机；在构建机上提供 ssh-agent 或部署密钥以及 known_hosts 文件，或改用 netrc 令牌。"},
	Before: `git config --global url."git@github.com:".insteadOf https://github.com/`,
	After:  `git config --global url."git@git.corp.example:".insteadOf https://git.corp.example/`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		agent, _ := v.Env.Process("SSH_AUTH_SOCK")
		key, _ := v.Env.Process("GIT_SSH_COMMAND")
		var out []envcheck.Finding
		for _, r := range insteadOfs(v) {
			host, https := strings.CutPrefix(strings.ToLower(r.Old), "https://")
			host, _, _ = strings.Cut(host, "/")
			if !https || !sshAddress(r.New) {
				continue
			}
			class, _ := leak.Classify(host+"/x/y", v.Knowledge())
			public := host == "" || class == leak.Public
			if !public && !(v.Profile.CI && agent == "" && key == "") {
				continue
			}
			f := envcheck.Finding{
				Subject: r.Old, Where: gitPlace(r.Entry), Evidence: gitEvidence(r.Entry), Fix: unsetGit(r.Entry),
				Message: msg.Textf("git asks %[2]s instead of %[1]s: even public repositories need a key", "git 会访问 %[2]s 而不是 %[1]s：连公共仓库也需要密钥", r.Old, r.New),
			}
			if !public {
				f.Message = msg.Textf("git asks %[2]s instead of %[1]s, but this build machine has no ssh agent", "git 会访问 %[2]s 而不是 %[1]s，但这台构建机没有 ssh-agent", r.Old, r.New)
				f.Fix = nil
			}
			out = append(out, f)
		}
		return out
	},
}

// sshAddress knows the two ways in which git writes an address that ssh is for.
func sshAddress(base string) bool {
	if scheme, _, ok := strings.Cut(base, "://"); ok {
		return scheme == "ssh" || scheme == "git+ssh" || scheme == "ssh+git"
	}
	before, _, ok := strings.Cut(base, ":")
	return ok && strings.Contains(before, "@")
}
