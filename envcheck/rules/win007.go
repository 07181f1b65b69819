package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var win007 = envcheck.Rule{
	Code:     "WIN007",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "Long paths are switched off", ZH: "长路径支持未开启"},
	Why: msg.Text{
		EN: "Go opens paths of more than 260 characters by itself, but git, C compilers and the deletion of folders do not: module caches nest deeply, and a clone ends in \"Filename too long\".",
		ZH: "Go 自己能打开超过 260 个字符的路径，但 git、C 编译器和删除目录的操作不能：模块缓存层级很深，克隆时会报 “Filename too long”。",
	},
	Fix: msg.Text{
		EN: "Switch them on in the registry (needs an administrator) and for git, or keep GOPATH and projects near the root of a drive.",
		ZH: "在注册表（需要管理员）和 git 中开启，或把 GOPATH 和项目放在靠近盘符根目录处。",
	},
	Before: `LongPathsEnabled=0`,
	After:  `reg add HKLM\SYSTEM\CurrentControlSet\Control\FileSystem /v LongPathsEnabled /t REG_DWORD /d 1 /f & git config --global core.longpaths true`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if v.Machine.OS != "windows" || v.Registry.LongPaths != 0 {
			return nil
		}
		f := envcheck.Finding{
			Subject:  "LongPathsEnabled",
			Where:    envcheck.Place{Origin: envcheck.FromSysReg, File: `HKLM\SYSTEM\CurrentControlSet\Control\FileSystem`},
			Message:  msg.Textf("LongPathsEnabled is 0 and git's core.longpaths is not set: deep module paths fail to check out", "LongPathsEnabled 为 0，git 的 core.longpaths 也未设置：层级很深的模块无法检出"),
			Evidence: []envcheck.Evidence{{Name: "LongPathsEnabled", Value: "0"}},
			Fix:      &envcheck.Fix{Command: `reg add HKLM\SYSTEM\CurrentControlSet\Control\FileSystem /v LongPathsEnabled /t REG_DWORD /d 1 /f`, Note: msg.Textf("as administrator; and git config --global core.longpaths true", "以管理员身份执行；另需 git config --global core.longpaths true")},
		}
		if slices.ContainsFunc(v.Git.Config, func(e envcheck.GitEntry) bool {
			return e.Key == "core.longpaths" && strings.EqualFold(e.Value, "true")
		}) {
			f.Severity = envcheck.Info
			f.Message = msg.Textf("LongPathsEnabled is 0: git is prepared (core.longpaths), C compilers are not", "LongPathsEnabled 为 0：git 已设 core.longpaths，C 编译器仍不支持长路径")
		}
		return []envcheck.Finding{f}
	},
}
