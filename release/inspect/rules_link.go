package inspect

import (
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// oldestGlibc is the C library of Kylin V10, UOS 20 and Anolis 8.
const oldestGlibc = "2.28"

var linkRules = []Rule{{
	Code: "INS010", Name: "dynamic", Severity: Error, RelaxedTo: Note,
	Title: msg.Text{EN: "not static", ZH: "不是静态链接"},
	Why: msg.Text{EN: "It needs a dynamic loader or shared libraries of the machine it runs on. CGO_ENABLED=0 alone does not prevent that: -buildmode=pie and purego bring it back.",
		ZH: "运行时需要目标机器上的动态加载器或共享库。仅设置 CGO_ENABLED=0 并不能避免：-buildmode=pie 和 purego 都会重新引入动态链接。"},
	Fix: msg.Text{EN: "Build with CGO_ENABLED=0 and the default -buildmode, and replace packages that load libraries at run time.",
		ZH: "请用 CGO_ENABLED=0 和默认的 -buildmode 构建，并替换在运行时加载动态库的包。"},
	check:   func(f *Facts, _ *Policy) string { return dynamicEvidence(f) },
	relaxed: func(_ *Facts, p *Policy) bool { return p.AllowDynamic },
}, {
	Code: "INS011", Name: "glibc", Severity: Warning,
	Title: msg.Text{EN: "needs a C library newer than Kylin V10 and UOS 20 have", ZH: "所需 C 库比麒麟 V10、UOS 20 自带的新"},
	Why:   msg.Text{EN: "These systems have glibc " + oldestGlibc + "; the loader refuses the program there.", ZH: "这些系统的 glibc 为 " + oldestGlibc + "，加载器会拒绝启动该程序。"},
	Fix:   msg.Text{EN: "Link statically without cgo, or build on the oldest system to be served.", ZH: "请不使用 cgo 并静态链接，或在需要支持的最旧系统上构建。"},
	check: func(f *Facts, _ *Policy) string {
		if f.Glibc == "" || compareDotted(f.Glibc, oldestGlibc) <= 0 {
			return ""
		}
		return "GLIBC_" + f.Glibc
	},
}, {
	Code: "INS012", Name: "cgo", Severity: Error, RelaxedTo: Note,
	Title: msg.Text{EN: "built with cgo", ZH: "构建时启用了 cgo"},
	Why: msg.Text{EN: "C code from the building machine may be inside. A statically linked glibc still loads NSS libraries at run time and must be the same version there.",
		ZH: "其中可能含有构建机器上的 C 代码。静态链接的 glibc 在运行时仍会加载 NSS 库，且要求版本一致。"},
	Fix:     msg.Text{EN: "Build with CGO_ENABLED=0.", ZH: "请用 CGO_ENABLED=0 构建。"},
	check:   func(f *Facts, _ *Policy) string { return ifTrue(f.Go != nil && is(f.Go.CGO), "CGO_ENABLED=1") },
	relaxed: func(_ *Facts, p *Policy) bool { return p.AllowDynamic },
}, {
	Code: "INS013", Name: "sanitizer", Severity: Error,
	Title: msg.Text{EN: "built with a sanitizer", ZH: "构建时启用了检测器"},
	Why:   msg.Text{EN: "The race detector and its kin make a program several times slower and larger; they are for tests.", ZH: "竞态检测器等会使程序慢数倍、占用数倍内存，只应用于测试。"},
	Fix:   msg.Text{EN: "Build without -race, -msan and -asan; look into GOFLAGS.", ZH: "构建时去掉 -race、-msan、-asan，并检查 GOFLAGS。"},
	check: func(f *Facts, _ *Policy) string {
		if f.Go == nil {
			return ""
		}
		for _, flag := range []string{"-race", "-msan", "-asan"} {
			if f.Go.Settings[flag] == "true" {
				return flag
			}
		}
		return ""
	},
}, {
	Code: "INS014", Name: "upx", Severity: Warning,
	Title: msg.Text{EN: "packed with UPX", ZH: "使用 UPX 压缩过"},
	Why: msg.Text{EN: "Packed programs break the alignment that 64K-page kernels need, use more memory, cannot be inspected, and are taken for malware.",
		ZH: "加壳后的程序会破坏 64K 页内核所需的对齐，占用更多内存，无法检查，还会被当作恶意软件。"},
	Fix:   msg.Text{EN: "Ship the program as linked; the archive compresses it.", ZH: "请直接发布链接产物，压缩交给归档格式。"},
	check: func(f *Facts, _ *Policy) string { return ifTrue(f.UPX, "UPX!") },
}, {
	Code: "INS015", Name: "not-stripped", Severity: Note,
	Title: msg.Text{EN: "not stripped", ZH: "未去除符号"},
	Why:   msg.Text{EN: "Symbols and debug information are about a third of the file. Stack traces do not need them.", ZH: "符号与调试信息约占文件的三分之一，而调用栈输出并不需要它们。"},
	Fix:   msg.Text{EN: `Build with -ldflags "-s -w", unless debuggers are to be attached.`, ZH: `除非需要调试器，请用 -ldflags "-s -w" 构建。`},
	check: func(f *Facts, _ *Policy) string { return ifTrue(!f.Stripped, "symbol table or debug sections") },
}}

func is(b *bool) bool { return b != nil && *b }

func ifTrue(cond bool, evidence string) string {
	if cond {
		return evidence
	}
	return ""
}
