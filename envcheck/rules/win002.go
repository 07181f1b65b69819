package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var win002 = envcheck.Rule{
	Code:     "WIN002",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "The system's Go comes before the user's in PATH", ZH: "PATH 中系统的 Go 排在用户的 Go 之前"},
	Why: msg.Text{
		EN: "Windows appends the user's PATH to the system's, so a Go that the user installs never runs while an installer has put one into the system's PATH. Moving the entry up in the user's PATH changes nothing.",
		ZH: "Windows 把用户 PATH 接在系统 PATH 之后；只要安装程序在系统 PATH 里放了 Go，用户自己安装的 Go 就永远轮不到。在用户 PATH 中上移条目无济于事。",
	},
	Fix: msg.Text{
		EN: "Uninstall the system's Go, or take its folder out of the system's PATH.",
		ZH: "卸载系统的 Go，或把它的目录从系统 PATH 中删去。",
	},
	Before: `PATH=C:\Program Files\Go\bin;…;C:\Users\dev\sdk\go1.26.8\bin`,
	After:  `PATH=…;C:\Users\dev\sdk\go1.26.8\bin`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Machine.OS != "windows" || len(v.Gos) < 2 || !onPath(v, v.Registry.SysPath, dirOf(v.Gos[0].Path)) {
			return nil
		}
		first := v.Gos[0]
		for _, g := range v.Gos[1:] {
			dir := dirOf(g.Path)
			if g.Version == first.Version || !onPath(v, v.Registry.UserPath, dir) || onPath(v, v.Registry.SysPath, dir) {
				continue
			}
			return []envcheck.Finding{{
				Subject: "PATH",
				Where:   sysPathPlace,
				Message: msg.Textf("%[1]s (%[2]s) of the system's PATH hides %[3]s (%[4]s) of the user's", "系统 PATH 中的 %[1]s（%[2]s）遮盖了用户 PATH 中的 %[3]s（%[4]s）", first.Path, first.Version, g.Path, g.Version),
				Evidence: []envcheck.Evidence{
					{Name: first.Version, Value: first.Path, Place: sysPathPlace},
					{Name: g.Version, Value: g.Path, Place: userPathPlace},
				},
				Fix: &envcheck.Fix{Note: msg.Textf("take %s out of the system's PATH (needs an administrator), then open a new window", "从系统 PATH 中删去 %s（需要管理员），然后重新打开窗口", dirOf(first.Path))},
			}}
		}
		return nil
	},
}
