package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var win005 = envcheck.Rule{
	Code:     "WIN005",
	Severity: envcheck.Error,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "A value with %…% is stored as a plain string", ZH: "含 %…% 的值被存为普通字符串"},
	Why: msg.Text{
		EN: "Windows expands variables only in values of the type REG_EXPAND_SZ. In a REG_SZ the text %USERPROFILE% reaches programs as it is: PATH entries lead nowhere, and GOPATH is refused as a relative path. setx and many scripts write REG_SZ.",
		ZH: "Windows 只展开 REG_EXPAND_SZ 类型的值。若为 REG_SZ，程序收到的就是 %USERPROFILE% 这几个字：PATH 条目无效，GOPATH 因为是相对路径而被拒绝。setx 和许多脚本写入的是 REG_SZ。",
	},
	Fix:    msg.Text{EN: "Store it again with the type REG_EXPAND_SZ.", ZH: "以 REG_EXPAND_SZ 类型重新写入。"},
	Before: `reg add HKCU\Environment /v GOPATH /t REG_SZ /d %USERPROFILE%\go`,
	After:  `reg add HKCU\Environment /v GOPATH /t REG_EXPAND_SZ /d ^%USERPROFILE^%\go /f`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for i, name := range v.Registry.Expand {
			key := strings.ToUpper(name)
			// The registry holds other programs' values too.
			if v.Machine.OS != "windows" || !goenv.KnownProcess(key) && key != "TEMP" && key != "TMP" || slices.Contains(v.Registry.Expand[:i], name) {
				continue
			}
			f := envcheck.Finding{
				Subject: name,
				Where:   userPathPlace,
				Message: msg.Textf("%s has the type REG_SZ: its %%…%% is not expanded", "%s 的类型是 REG_SZ：其中的 %%…%% 不会展开", name),
			}
			for _, s := range storedAs(v, key) {
				f.Where = s.Place
				f.Evidence = append(f.Evidence, envcheck.Evidence{Name: name, Value: s.Value, Place: s.Place})
			}
			f.Fix = &envcheck.Fix{Note: msg.Textf("write %s again as REG_EXPAND_SZ, then open a new window", "以 REG_EXPAND_SZ 类型重新写入 %s，然后重新打开窗口", name)}
			out = append(out, f)
		}
		return out
	},
}

// storedAs are the values of a name in the registry that hold a variable.
func storedAs(v *envcheck.View, key string) []envcheck.Setting {
	all := slices.Concat(v.Snapshot.Settings, []envcheck.Setting{
		{Key: "PATH", Value: v.Registry.UserPath, Place: userPathPlace}, {Key: "PATH", Value: v.Registry.SysPath, Place: sysPathPlace}})
	return slices.DeleteFunc(all, func(s envcheck.Setting) bool {
		registry := s.Place.Origin == envcheck.FromUserReg || s.Place.Origin == envcheck.FromSysReg
		return !registry || !strings.EqualFold(s.Key, key) || strings.Count(s.Value, "%") < 2
	})
}
