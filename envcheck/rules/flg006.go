package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var flg006 = envcheck.Rule{
	Code:     "FLG006",
	Severity: envcheck.Info,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "GOFLAGS takes the commit out of every binary (-buildvcs=false)", ZH: "GOFLAGS 使所有二进制文件都不含提交信息（-buildvcs=false）"},
	Why: msg.Text{
		EN: "It is often written once to silence \"error obtaining VCS status\" and then forgotten: go version -m no longer tells which commit a binary was made from. A release by yingzao builds without the stamp too, but writes the commit into its manifest.",
		ZH: "常有人为消除 “error obtaining VCS status” 而写下它，之后就忘了：go version -m 再也看不出二进制文件来自哪个提交。yingzao 发布时同样不带该信息，但会把提交写进清单。",
	},
	Fix:    msg.Text{EN: "Take it out, and mend the cause: git must be installed and the folder must belong to you (safe.directory).", ZH: "删去它，并解决根源：安装 git，并使目录归当前用户所有（safe.directory）。"},
	Before: "go env -w GOFLAGS=-buildvcs=false",
	After:  "go env -u GOFLAGS",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if f, ok := flagOf(v.Flags, "buildvcs"); !ok || f.Value != "false" || v.FlagsErr != nil {
			return nil
		}
		s := v.InForce("GOFLAGS")
		return []envcheck.Finding{settingFound(s, msg.Text{}, withoutFlag(v, s, func(f goenv.Flag) bool { return f.Name == "buildvcs" }))}
	},
}
