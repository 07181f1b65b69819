package rules

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var vcs004 = envcheck.Rule{
	Code:     "VCS004",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The repository belongs to another user, so git refuses it", ZH: "仓库属于其他用户，git 拒绝使用"},
	Why: msg.Text{
		EN: "git does not work in somebody else's repository unless it is told that it is safe. go build then fails with \"error obtaining VCS status: exit status 128\", which names neither git's reason nor the remedy. Containers that mount the sources are the usual case.",
		ZH: "除非明确声明安全，git 不会在他人的仓库中工作。此时 go build 会以 “error obtaining VCS status: exit status 128” 失败，既不说明原因也不给出办法。常见于把源码挂载进容器的情形。",
	},
	Fix:    msg.Text{EN: "Declare this one folder safe, or build as the owner of the files.", ZH: "将这一个目录声明为安全，或以文件所有者的身份构建。"},
	Before: "docker run -v $PWD:/src golang:1.26 go build ./...",
	After:  "git config --global --add safe.directory /src",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		m := v.Module
		if v.Machine.OS == "windows" || v.Git.Path == "" || m.RepoDir == "" || m.RepoUID < 0 || m.RepoUID == v.Machine.UID || trusted(v, m.RepoDir) || unstamped(v) {
			return nil
		}
		// git lets root in through sudo when the files are of the one who called it.
		if by, _ := v.Env.Process("SUDO_UID"); v.Machine.UID == 0 && by == strconv.Itoa(m.RepoUID) {
			return nil
		}
		return []envcheck.Finding{{
			Subject: m.RepoDir, Where: envcheck.Place{File: m.RepoDir},
			Evidence: []envcheck.Evidence{{Name: "owner", Value: strconv.Itoa(m.RepoUID)}, {Name: "user", Value: strconv.Itoa(v.Machine.UID)}},
			Message:  msg.Textf("%s belongs to user %d, but go runs as user %d", "%s 属于用户 %d，而 go 以用户 %d 的身份运行", m.RepoDir, m.RepoUID, v.Machine.UID),
			Fix:      &envcheck.Fix{Command: "git config --global --add safe.directory '" + m.RepoDir + "'"},
		}}
	},
}

// trusted reports whether git was told that a repository is safe. An empty value
// takes back what was said before; a repository cannot vouch for itself.
func trusted(v *envcheck.View, dir string) bool {
	safe := false
	for _, e := range v.Git.Config {
		if !strings.EqualFold(e.Key, "safe.directory") || strings.HasSuffix(e.From, ".git/config") {
			continue
		}
		switch prefix, all := strings.CutSuffix(e.Value, "/*"); {
		case e.Value == "":
			safe = false
		case e.Value == "*" || path.Clean(e.Value) == dir || all && strings.HasPrefix(dir, prefix+"/"):
			safe = true
		}
	}
	return safe
}

// unstamped reports whether GOFLAGS keeps go build from asking git at all.
func unstamped(v *envcheck.View) bool {
	i := slices.IndexFunc(v.Flags, func(f goenv.Flag) bool { return f.Name == "buildvcs" })
	return i >= 0 && v.Flags[i].Value == "false"
}
