package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var root010 = envcheck.Rule{
	Code:     "ROOT010",
	Severity: envcheck.Warning,
	Basis:    envcheck.Recorded,
	Title:    msg.Text{EN: "The go command is made for another processor", ZH: "go 命令是为另一种处理器构建的"},
	Why: msg.Text{
		EN: "It runs through an emulator or a compatibility layer (qemu, Rosetta, WOW64), several times slower, and builds for its own processor, not for the one of this machine, unless GOARCH says otherwise. Without such a layer it does not run at all.",
		ZH: "它要靠模拟器或兼容层（qemu、Rosetta、WOW64）运行，慢数倍；除非 GOARCH 另有指定，构建出的也是它自己那种处理器的程序，而非本机的。没有兼容层时则根本无法运行。",
	},
	Fix:    msg.Text{EN: "Install the Go of this machine's processor; yingzao bootstrap apply chooses it.", ZH: "安装与本机处理器一致的 Go；yingzao bootstrap apply 会自动选择。"},
	Before: "go1.26.8.linux-amd64.tar.gz on Kunpeng",
	After:  "go1.26.8.linux-arm64.tar.gz on Kunpeng",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		if len(v.Gos) == 0 || v.Gos[0].Arch == "" || v.Machine.Arch == "" || v.Gos[0].Arch == v.Machine.Arch {
			return nil
		}
		g := v.Gos[0]
		f := envcheck.Finding{Subject: g.Path, Evidence: []envcheck.Evidence{{Name: g.Path, Value: g.OS + "/" + g.Arch}, {Name: "machine", Value: v.Machine.OS + "/" + v.Machine.Arch}},
			Message: msg.Textf("%[1]s is a program for %[2]s, this machine is %[3]s", "%[1]s 是 %[2]s 程序，而本机是 %[3]s", g.Path, g.Arch, v.Machine.Arch)}
		if slices.Contains([]string{"386/amd64", "arm/arm64"}, g.Arch+"/"+v.Machine.Arch) {
			f.Severity = envcheck.Info // the processor runs both, and a 32-bit system may be meant
		}
		return []envcheck.Finding{f}
	},
}
