package rules

import (
	"unicode/utf16"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// windowsLimit is the longest value, in UTF-16 units, that the dialog of
// Windows and older programs handle.
const windowsLimit = 2047

var win004 = envcheck.Rule{
	Code:     "WIN004",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "A variable is longer than 2047 characters", ZH: "变量长度超过 2047 个字符"},
	Why: msg.Text{
		EN: "The environment dialog of older Windows and several installers cut a longer value off without a word, setx already at 1024: the end of PATH, where the user's Go is, disappears. A cmd.exe line holds 8191 characters in all.",
		ZH: "旧版 Windows 的环境变量对话框和一些安装程序会悄悄截断更长的值，setx 在 1024 处就截断：PATH 末尾、也就是用户的 Go 所在之处随之消失。cmd.exe 一行总共也只有 8191 个字符。",
	},
	Fix:    msg.Text{EN: "Remove entries that do not exist any more, and duplicates.", ZH: "删去已不存在的条目和重复条目。"},
	Before: `PATH=C:\…;C:\…;… (2400 characters)`,
	After:  `PATH=C:\… (900 characters)`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Machine.OS != "windows" {
			return nil
		}
		all := []envcheck.Setting{{Key: "PATH", Value: v.Registry.UserPath, Place: userPathPlace}, {Key: "PATH", Value: v.Registry.SysPath, Place: sysPathPlace}}
		for _, s := range v.Snapshot.Settings {
			if s.Place.Origin == envcheck.FromUserReg || s.Place.Origin == envcheck.FromSysReg {
				all = append(all, s)
			}
		}
		var out []envcheck.Finding
		for _, s := range all {
			n := len(utf16.Encode([]rune(s.Value)))
			if n <= windowsLimit {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject:  s.Key,
				Where:    s.Place,
				Message:  msg.Textf("%[1]s in %[2]s is %[3]d characters long; dialogs and installers cut it off at %[4]d", "%[2]s 中的 %[1]s 长 %[3]d 个字符；对话框和安装程序会在 %[4]d 处截断", s.Key, s.Place.File, n, windowsLimit),
				Evidence: []envcheck.Evidence{{Name: s.Key, Value: string([]rune(s.Value)[:60]) + "…", Place: s.Place}},
				Fix:      &envcheck.Fix{Note: msg.Textf("shorten it; never with setx, which cuts at 1024", "精简该值；不要用 setx，它会在 1024 处截断")},
			})
		}
		return out
	},
}
