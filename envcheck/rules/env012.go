package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env012 = envcheck.Rule{
	Code:     "ENV012",
	Severity: envcheck.Warning,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "A setting is made only for a shell that is not used", ZH: "设置只写进了没有在用的 shell"},
	Why: msg.Text{
		EN: "Each shell reads its own start files: zsh never looks into .bashrc, nor bash into .zshrc. The setting was written and yet has no effect.",
		ZH: "每种 shell 只读自己的启动文件：zsh 不看 .bashrc，bash 也不看 .zshrc。设置虽然写了，却不起作用。",
	},
	Fix: msg.Text{
		EN: "Settings of the go command belong into its env file (go env -w), which all shells, IDEs and services share. Other variables go into the start file of your shell.",
		ZH: "go 命令的设置应放进它的 env 文件（go env -w），所有 shell、IDE 与服务共用；其他变量写进所用 shell 的启动文件。",
	},
	Before: "echo 'export GOPRIVATE=git.corp.example' >> ~/.bashrc   # the shell is zsh",
	After:  "go env -w GOPRIVATE=git.corp.example",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		shell := v.Machine.Shell
		if shell == "" {
			return nil
		}
		read := map[string]bool{} // settings that a file which counts makes too
		for _, s := range v.Snapshot.Settings {
			if s.Place.Origin == envcheck.FromShell && (shellsOf(s.Place.File) == nil || slices.Contains(shellsOf(s.Place.File), shell)) {
				read[s.Key] = true
			}
		}
		for _, s := range v.Snapshot.Settings {
			if s.Place.Origin != envcheck.FromShell || read[s.Key] || !goenv.KnownProcess(s.Key) || s.Key == "PATH" || v.InForce(s.Key).Value == s.Value {
				continue
			}
			if _, there := v.Env.Process(s.Key); there {
				continue
			}
			read[s.Key] = true // once is enough
			f := settingFound(s, msg.Textf("%[1]s is set in %[2]s, which %[3]s does not read", "%[1]s 写在 %[2]s 中，而 %[3]s 不读取该文件", s.Key, s.Place.File, shell), nil)
			if goenv.Known(s.Key) && s.Key != "GOROOT" {
				f.Fix = v.FixSet(envcheck.Setting{Key: s.Key}, s.Value, false)
			}
			out = append(out, f)
		}
		return out
	},
}
