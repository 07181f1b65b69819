package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var mod002 = envcheck.Rule{
	Code:     "MOD002",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A go.work outside the repository is in force", ZH: "仓库之外的 go.work 正在生效"},
	Why: msg.Text{
		EN: "The go command takes the nearest go.work above, however far. Versions and replacements then come from a file that is not in the repository: the same commit builds differently elsewhere, or not at all.",
		ZH: "go 命令会向上查找最近的 go.work，不论隔了多少层。版本和替换于是取自一个不在仓库里的文件：同一个提交在别处会构建出不同的结果，甚至无法构建。",
	},
	Fix:    msg.Text{EN: "Set GOWORK=off for builds that count; move the go.work if it is a leftover.", ZH: "正式构建时设置 GOWORK=off；若该 go.work 只是遗留文件，请将其移走。"},
	Before: "~/src/go.work above ~/src/app/.git",
	After:  "GOWORK=off go build ./...",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		m := v.Module
		if !m.GoWork.Exists || m.RepoDir == "" || inside(m.RepoDir, m.GoWork.Path) || v.Env.Get("GOWORK") == m.GoWork.Path {
			return nil
		}
		return []envcheck.Finding{{
			Subject: m.GoWork.Path, Where: envcheck.Place{File: m.GoWork.Path}, Evidence: []envcheck.Evidence{{Name: "repository", Value: m.RepoDir}, {Name: "GOWORK", Value: m.GoWork.Path}},
			Message: msg.Textf("%s is in force, although it is outside the repository %s", "%s 正在生效，而它位于仓库 %s 之外", m.GoWork.Path, m.RepoDir),
			Fix:     v.FixSet(envcheck.Setting{Key: "GOWORK", Place: envcheck.Place{Origin: "process"}}, "off", false),
		}}
	},
}
