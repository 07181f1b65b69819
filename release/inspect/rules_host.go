package inspect

import (
	"fmt"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// hostRules are asked when the policy names a machine, and then almost alone.
// What is written for people speaks of "this machine".
var hostRules = []Rule{{
	Code: "INS060", Name: "host-machine", Severity: Error, RelaxedTo: Warning, host: true,
	Title: msg.Text{EN: "made for another machine", ZH: "属于另一种机器"},
	Why: msg.Text{EN: "The kernel answers \"exec format error\", unless an emulator is registered for such files. 32-bit programs of the same family run where kernel and processor still allow it.",
		ZH: "内核会报 exec format error，除非为这类文件注册了模拟器。同一系列的 32 位程序，要看内核与处理器是否仍然支持。"},
	Fix: msg.Text{EN: "Take the file for this machine's system and architecture.", ZH: "请使用与本机系统和架构一致的文件。"},
	check: func(f *Facts, p *Policy) string {
		m := p.Host
		if m.starts(f) {
			return ""
		}
		archs := []string{f.Arch}
		if len(f.Slices) > 0 {
			archs = nil
		}
		for _, s := range f.Slices {
			archs = append(archs, s.Arch)
		}
		return fmt.Sprintf("%s/%s on %s/%s", f.OS, strings.Join(archs, "+"), m.OS, m.Arch)
	},
	relaxed: func(f *Facts, p *Policy) bool { return f.OS == p.Host.OS && companions[f.Arch] == p.Host.Arch },
}, {
	Code: "INS061", Name: "host-cpu", Severity: Error, RelaxedTo: Warning, host: true,
	Title: msg.Text{EN: "built for a higher CPU level than this processor's", ZH: "构建级别高于本机处理器"},
	Why: msg.Text{EN: "An amd64 program of Go says so and ends; an arm64 one dies with SIGILL and no message, perhaps much later. Where /proc/cpuinfo is another machine's or missing, the level here is not known.",
		ZH: "amd64 的 Go 程序会给出提示后退出；arm64 程序则以 SIGILL 崩溃，没有任何提示，也可能很久之后才发生。当 /proc/cpuinfo 缺失或属于其他机器时，无法得知本机级别。"},
	Fix: msg.Text{EN: "Take or build a file for a lower level; the default one runs everywhere.", ZH: "请使用或构建级别更低的文件；默认级别在所有机器上都能运行。"},
	check: func(f *Facts, p *Policy) string {
		m := p.Host
		switch {
		case !m.starts(f) || runsOn(f.Arch, f.Level, m.Level) || everywhere(f):
			return ""
		case m.Level == "":
			return f.Level + ", the processor's level is not known"
		}
		return f.Level + ", the processor has " + m.Level
	},
	relaxed: func(_ *Facts, p *Policy) bool { return p.Host.Level == "" },
}, {
	Code: "INS062", Name: "host-world", Severity: Error, RelaxedTo: Warning, host: true,
	Title: msg.Text{EN: "not of this machine's LoongArch world", ZH: "与本机的龙架构世界不符"},
	Why: msg.Text{EN: "The kernel's world decides for static programs, and the libraries' world as well for dynamic ones; in a container they may differ. Old-world programs run on new systems with libLoL; there is nothing for the other direction.",
		ZH: "静态程序由内核的世界决定，动态程序还取决于库的世界；在容器中两者可能不同。装有 libLoL 的新世界系统可运行旧世界程序，反过来则没有办法。"},
	Fix: msg.Text{EN: "Take the file named loong64-abi1.0 for the old world and loong64 for the new one.", ZH: "旧世界请使用名为 loong64-abi1.0 的文件，新世界请使用 loong64。"},
	check: func(f *Facts, p *Policy) string {
		why, _ := worldsClash(f, p.Host)
		return why
	},
	relaxed: func(f *Facts, p *Policy) bool {
		_, certain := worldsClash(f, p.Host)
		return !certain
	},
}, {
	Code: "INS063", Name: "host-page-size", Severity: Error, host: true,
	Title: msg.Text{EN: "cannot be mapped with this kernel's pages", ZH: "无法按本机内核的页大小映射"},
	Why:   msg.Text{EN: "A segment has to be aligned to the kernel's page size at least.", ZH: "段的对齐至少要达到内核的页大小。"},
	Fix:   msg.Text{EN: "Ship the file as Go linked it, without UPX or patchelf; with a C linker pass -z max-page-size=65536.", ZH: "请直接使用 Go 的链接产物，不经 UPX 或 patchelf 处理；使用 C 链接器时请加 -z max-page-size=65536。"},
	check: func(f *Facts, p *Policy) string {
		m := p.Host
		if f.Format != ELF || !m.starts(f) || f.Align == 0 || f.Align >= uint64(max(m.PageSize, 0)) {
			return ""
		}
		return fmt.Sprintf("PT_LOAD alignment %#x, pages of %#x", f.Align, m.PageSize)
	},
}, {
	Code: "INS064", Name: "host-loader", Severity: Error, host: true,
	Title: msg.Text{EN: "its dynamic loader is not here", ZH: "本机没有它所需的动态加载器"},
	Why:   msg.Text{EN: "The kernel says \"no such file\", which sounds as if the program itself were missing. A glibc program on Alpine is the usual case.", ZH: "内核会报 no such file，听起来像是程序本身不存在。最常见的是在 Alpine 上运行 glibc 程序。"},
	Fix:   msg.Text{EN: "Take a static file, or one made for this system's C library.", ZH: "请使用静态文件，或为本机 C 库构建的文件。"},
	check: func(f *Facts, p *Policy) string {
		m := p.Host
		if f.Format != ELF || f.Interp == "" || m.Has == nil || !m.starts(f) || m.Has(f.Interp) {
			return ""
		}
		return f.Interp
	},
}, {
	Code: "INS065", Name: "host-glibc", Severity: Error, RelaxedTo: Warning, host: true,
	Title: msg.Text{EN: "needs a newer C library than this system has", ZH: "所需 C 库比本机的新"},
	Why:   msg.Text{EN: "The loader refuses the program with \"version `GLIBC_x.y' not found\".", ZH: "加载器会拒绝启动，并报 version `GLIBC_x.y' not found。"},
	Fix:   msg.Text{EN: "Link statically without cgo, or build on the oldest system to be served.", ZH: "请不使用 cgo 并静态链接，或在需要支持的最旧系统上构建。"},
	check: func(f *Facts, p *Policy) string {
		m := p.Host
		switch {
		case f.Glibc == "" || !m.starts(f):
			return ""
		case m.Glibc == "":
			return "GLIBC_" + f.Glibc + ", no glibc was found here"
		case compareDotted(f.Glibc, m.Glibc) <= 0:
			return ""
		}
		return "GLIBC_" + f.Glibc + ", here is " + m.Glibc
	},
	relaxed: func(_ *Facts, p *Policy) bool { return p.Host.Glibc == "" },
}}
