package rules

import (
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var mod001 = envcheck.Rule{
	Code:     "MOD001",
	Severity: envcheck.Warning, // an error in the profile ci
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A replace leads out of the repository", ZH: "replace 指向仓库之外的目录"},
	Why: msg.Text{
		EN: "The folder exists on one desk alone. Everywhere else, in CI first, go says \"replacement directory … does not exist\"; a Windows path makes go.mod unreadable on other systems. What is built from such a folder cannot be traced to a version.",
		ZH: "该目录只存在于某一台机器上。换到别处（首先是 CI），go 就会报 “replacement directory … does not exist”；而 Windows 路径会使 go.mod 在其他系统上无法解析。由这样的目录构建出的程序也无从追溯版本。",
	},
	Fix:    msg.Text{EN: "For work on two modules at once make a go.work that stays out of git; for releases require a version, or replace by module@version.", ZH: "要同时修改两个模块，请建一个不提交到 git 的 go.work；发布时则 require 某个版本，或 replace 为“模块@版本”。"},
	Before: "replace example.com/lib => /home/dev/lib",
	After:  "go mod edit -dropreplace=example.com/lib && go work init . /home/dev/lib",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, r := range replacedFolders(v) {
			var text msg.Text
			switch {
			case windowsPath(r.New):
				text = msg.Textf("%s is replaced by the Windows path %s, which no other system can read", "%s 被替换为 Windows 路径 %s，其他系统无法识别", r.Old, r.New)
			case strings.HasPrefix(r.New, "/"):
				text = msg.Textf("%s is replaced by the absolute path %s", "%s 被替换为绝对路径 %s", r.Old, r.New)
			case !inside(project(v), path.Join(folderOf(r.File.Path), r.New)):
				text = msg.Textf("%s is replaced by %s, which is outside the repository", "%s 被替换为 %s，位于仓库之外", r.Old, r.New)
			default:
				continue
			}
			at := envcheck.Place{File: r.File.Path, Line: r.Line}
			f := envcheck.Finding{Subject: r.Old, Where: at, Message: text, Evidence: []envcheck.Evidence{{Name: "replace", Value: r.Old + " => " + r.New, Place: at}}}
			if r.File.Path == v.Module.GoMod.Path {
				f.Fix = &envcheck.Fix{Command: "go mod edit -dropreplace=" + r.Old, Note: msg.Textf("then require a version, or list the folder in a go.work that stays out of git", "然后 require 某个版本，或把该目录写进不提交到 git 的 go.work")}
			}
			out = append(out, f)
		}
		return out
	},
}
