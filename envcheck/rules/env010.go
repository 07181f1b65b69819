package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var env010 = envcheck.Rule{
	Code:     "ENV010",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The env file keeps the go command from starting", ZH: "env 文件使 go 命令无法启动"},
	Why: msg.Text{
		EN: "go env -w accepts any value for GOROOT, GOTOOLCHAIN and GOFLAGS, and each of them can stop every go command. With GOROOT or GOTOOLCHAIN even the go env -u that would take the line out again fails.",
		ZH: "go env -w 对 GOROOT、GOTOOLCHAIN 与 GOFLAGS 来者不拒，而其中任何一个都可能使所有 go 命令无法运行。若是 GOROOT 或 GOTOOLCHAIN，连用来撤销的 go env -u 也会失败。",
	},
	Fix: msg.Text{
		EN: "Take the line out of the env file itself: yingzao check --fix, or an editor.",
		ZH: "直接从 env 文件中删去该行：使用 yingzao check --fix 或文本编辑器。",
	},
	Before: "go env -w GOTOOLCHAIN=1.26.8",
	After:  "go env -w GOTOOLCHAIN=go1.26.8",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, key := range []string{"GOROOT", "GOTOOLCHAIN", "GOFLAGS"} {
			s := v.InForce(key)
			if s.Place.Origin != string(goenv.FromFile) || s.Value == "" {
				continue
			}
			m, command := brick(v, s)
			if m.IsZero() {
				continue
			}
			change := envcheck.Change{Kind: envcheck.UnsetEnv, Key: key}
			if better := joinedValue(s.Value, goenv.CheckFlags(s.Value)); key == "GOFLAGS" && better != "" {
				change = envcheck.Change{Kind: envcheck.SetEnv, Key: key, Value: better}
			}
			out = append(out, settingFound(s, m, &envcheck.Fix{Command: command, Safe: true, Changes: []envcheck.Change{change},
				Note: msg.Textf("line %[2]d of %[1]s is the cause; only what is shown here, an editor or yingzao check --fix can mend it", "原因在 %[1]s 第 %[2]d 行；只有此处所示的命令、文本编辑器或 yingzao check --fix 才能修复", s.Place.File, s.Place.Line)}))
		}
		return out
	},
}

// brick says how a line of the env file stops the go command, and which go
// command still mends it; the zero text when it does not.
func brick(v *envcheck.View, s envcheck.Setting) (m msg.Text, command string) {
	switch s.Key {
	case "GOROOT":
		if v.Goroot.From == string(goenv.FromFile) && !v.Goroot.Exists {
			return msg.Textf("no go command starts: GOROOT in the env file is %s, which does not exist", "所有 go 命令都无法启动：env 文件中的 GOROOT 是 %s，该目录不存在", s.Value), ""
		}
	case "GOTOOLCHAIN":
		if _, err := goenv.ParseToolchain(s.Value); err != nil {
			return msg.Textf("no go command starts: %v in the env file", "所有 go 命令都无法启动：env 文件中 %v", err), "go env -w GOTOOLCHAIN=auto"
		}
	case "GOFLAGS":
		if err := goenv.CheckFlags(s.Value); err != nil {
			return msg.Textf("hardly a go command starts: GOFLAGS in the env file: %v", "几乎所有 go 命令都无法启动：env 文件中的 GOFLAGS：%v", err), "go env -u GOFLAGS"
		}
	}
	return msg.Text{}, ""
}
