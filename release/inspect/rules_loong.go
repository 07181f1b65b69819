package inspect

import (
	"fmt"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

var loongRules = []Rule{{
	Code: "INS020", Name: "loong-conflict", Severity: Error,
	Title: msg.Text{EN: "the LoongArch worlds contradict each other", ZH: "龙架构新旧世界的证据互相矛盾"},
	Why: msg.Text{EN: "The signal-set size in the code, the loader's path and the object ABI in e_flags do not belong to one world. A patched file or a mixed toolchain does that; it starts on one kind of system at most.",
		ZH: "代码中的信号集大小、加载器路径与 e_flags 中的对象 ABI 不属于同一个世界。文件被修改过或工具链混用会造成这种情况，这样的程序至多能在其中一类系统上启动。"},
	Fix:   msg.Text{EN: "Build again with one toolchain and a GOCACHE of its own: both kinds of Go report the same compiler version and share cache entries.", ZH: "请用单一工具链和独立的 GOCACHE 重新构建：两种 Go 报告相同的编译器版本，会共用缓存条目。"},
	check: func(f *Facts, _ *Policy) string { return ifTrue(f.World == ConflictWorld, witnesses(f)) },
}, {
	Code: "INS021", Name: "loong-world", Severity: Error,
	Title: msg.Text{EN: "for the other LoongArch world", ZH: "属于另一个龙架构世界"},
	Why: msg.Text{EN: "linux/loong64 is the new world, linux/loong64-abi1.0 the old one (Kylin V10, UOS 20, Loongnix 20). On an old-world kernel a new-world Go program dies with a segmentation fault at address 0xf1 before its first line.",
		ZH: "linux/loong64 指新世界，linux/loong64-abi1.0 指旧世界（麒麟 V10、UOS 20、Loongnix 20）。在旧世界内核上，新世界的 Go 程序在执行第一行之前就会在地址 0xf1 处段错误。"},
	Fix: msg.Text{EN: "Build linux/loong64-abi1.0 with Loongson's ABI1.0 Go and linux/loong64 with upstream Go.",
		ZH: "linux/loong64-abi1.0 请用龙芯的 ABI1.0 版 Go 构建，linux/loong64 请用上游 Go 构建。"},
	check: func(f *Facts, p *Policy) string {
		want := wantedWorld(p.Target)
		if want == "" || f.World == "" || f.World == ConflictWorld || f.World == want ||
			f.World == UnknownWorld && flagsWorld(f.EFlags) == want {
			return ""
		}
		return fmt.Sprintf("%s, want %s world: %s", f.World, want, witnesses(f))
	},
}, {
	Code: "INS022", Name: "loong-unknown", Severity: Warning,
	Title: msg.Text{EN: "the LoongArch world is not certain", ZH: "无法确定龙架构世界"},
	Why: msg.Text{EN: "Neither the signal-set size could be decoded nor does the file name a loader. Only e_flags are left, which old linkers set wrong and kernels ignore.",
		ZH: "既解码不出信号集大小，文件也没有指明加载器，只剩 e_flags 可看，而旧链接器会写错它，内核也不理会它。"},
	Fix:   msg.Text{EN: "Run the program once on the system it is meant for.", ZH: "请在目标系统上实际运行一次。"},
	check: func(f *Facts, _ *Policy) string { return ifTrue(f.World == UnknownWorld, witnesses(f)) },
}, {
	Code: "INS023", Name: "loong-old", Severity: Note,
	Title: msg.Text{EN: "an old-world LoongArch program", ZH: "旧世界龙架构程序"},
	Why:   msg.Text{EN: "It runs on Kylin V10, UOS 20 and Loongnix 20, and not on new-world systems unless libLoL is there.", ZH: "可在麒麟 V10、UOS 20、Loongnix 20 上运行；在新世界系统上除非装有 libLoL，否则不能运行。"},
	Fix:   msg.Text{EN: "Name the file -abi1.0, so that nobody takes it for the other.", ZH: "请在文件名中加上 -abi1.0，以免与另一种混淆。"},
	check: func(f *Facts, p *Policy) string {
		return ifTrue(f.World == OldWorld && !p.Target.ABI1, witnesses(f))
	},
}}

func wantedWorld(t target.Target) string {
	switch {
	case t.Arch != "loong64":
		return ""
	case t.ABI1:
		return OldWorld
	}
	return NewWorld
}

func witnesses(f *Facts) string {
	s := "sigset not decoded"
	if f.Sigset != 0 {
		s = fmt.Sprintf("sigset %d", f.Sigset)
	}
	if f.Interp != "" {
		s += ", loader " + f.Interp
	}
	return s + fmt.Sprintf(", e_flags %#x", f.EFlags)
}
