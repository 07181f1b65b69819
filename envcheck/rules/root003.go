package rules

import (
	"go/version"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root003 = envcheck.Rule{
	Code:     "ROOT003",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The go command and its GOROOT are of different versions", ZH: "go 命令与其 GOROOT 版本不同"},
	Why: msg.Text{
		EN: "go version prints what is built into the command and notices nothing. Library and compiler come from GOROOT: builds die of missing packages or of \"does not match go tool version\", or pass and are not what they say.",
		ZH: "go version 打印的是命令自身内置的版本，不会发现异常。标准库与编译器却来自 GOROOT：构建会因缺包或 “does not match go tool version” 而失败，或者虽然成功，结果却名不副实。",
	},
	Fix:    msg.Text{EN: "Remove GOROOT. If it is not set, an upgrade was unpacked over an older Go: delete the folder and install anew.", ZH: "删除 GOROOT。若未设置它，说明新版被解压到了旧版之上：请删除该目录后重新安装。"},
	Before: "export GOROOT=/usr/local/go1.25",
	After:  "unset GOROOT",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if len(v.Gos) == 0 || !version.IsValid(v.Gos[0].Version) || !version.IsValid(v.Goroot.Version) || version.Compare(v.Gos[0].Version, v.Goroot.Version) == 0 {
			return nil
		}
		f := envcheck.Finding{Subject: v.Goroot.Path,
			Message: msg.Textf("%[1]s is %[2]s, but its GOROOT %[3]s is %[4]s", "%[1]s 是 %[2]s，而其 GOROOT %[3]s 是 %[4]s", v.Gos[0].Path, v.Gos[0].Version, v.Goroot.Path, v.Goroot.Version),
			Evidence: []envcheck.Evidence{{Name: v.Gos[0].Path, Value: v.Gos[0].Version},
				{Name: "VERSION", Value: v.Goroot.Version, Place: envcheck.Place{File: v.Goroot.Path + "/VERSION", Line: 1}}}}
		if s := v.InForce("GOROOT"); s.Value != "" {
			f.Where = s.Place
			f.Fix = v.FixUnset(s, v.Goroot.OwnPath != "")
		}
		return []envcheck.Finding{f}
	},
}
