package rules

import (
	"cmp"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var bin005 = envcheck.Rule{
	Code:     "BIN005",
	Severity: envcheck.Warning,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The program was built from files that are not committed", ZH: "程序由未提交的文件构建"},
	Why: msg.Text{
		EN: "The commit that it names is not what it was built from, and nobody can build it again. One stray file in the work tree is enough.",
		ZH: "它所记录的提交并非实际的构建来源，谁也无法重新构建。工作区中只要多出一个文件就会如此。",
	},
	Fix:    msg.Text{EN: "Commit, ignore or remove what git status shows, and build again.", ZH: "把 git status 列出的内容提交、忽略或删除，再重新构建。"},
	Before: `vcs.modified=true`,
	After:  `vcs.modified=false`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		return eachBinary(v, func(b envcheck.Binary) envcheck.Finding {
			if b.Settings["vcs.modified"] != "true" && !strings.HasSuffix(b.Main, "+dirty") {
				return envcheck.Finding{}
			}
			revision := b.Settings["vcs.revision"]
			return envcheck.Finding{
				Message:  msg.Textf("it names commit %.12s, but the work tree was not clean", "它记录的提交为 %.12s，但当时工作区不干净", cmp.Or(revision, "?")),
				Evidence: saw(b, "vcs.modified", b.Settings["vcs.modified"], "vcs.revision", revision, "module", b.Main),
			}
		})
	},
}
