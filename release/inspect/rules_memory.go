package inspect

import (
	"fmt"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

var memoryRules = []Rule{{
	Code: "INS030", Name: "page-size", Severity: Error,
	Title: msg.Text{EN: "cannot be loaded by a 64K-page kernel", ZH: "无法被 64K 页的内核加载"},
	Why:   msg.Text{EN: "Kylin V10 on arm64 runs with pages of 64 KiB; a segment aligned to less cannot be mapped. Go's linker aligns to 64 KiB; UPX and patchelf undo it.", ZH: "麒麟 V10 arm64 使用 64 KiB 的页，对齐不足的段无法映射。Go 链接器按 64 KiB 对齐，UPX 与 patchelf 会破坏它。"},
	Fix:   msg.Text{EN: "Ship the file as Go linked it; with a C linker pass -z max-page-size=65536.", ZH: "请直接发布 Go 的链接产物；使用 C 链接器时请加 -z max-page-size=65536。"},
	check: func(f *Facts, _ *Policy) string {
		if f.OS != "linux" || f.Arch != "arm64" && f.Arch != "loong64" || f.Align == 0 || f.Align >= 64<<10 {
			return ""
		}
		return fmt.Sprintf("PT_LOAD alignment %#x", f.Align)
	},
}, {
	Code: "INS031", Name: "wx", Severity: Error,
	Title: msg.Text{EN: "a segment is writable and executable", ZH: "存在可写且可执行的段"},
	Why:   msg.Text{EN: "Hardened kernels refuse such programs, and any memory error in them becomes code execution.", ZH: "加固过的内核会拒绝这类程序，且任何内存错误都可能变成代码执行。"},
	Fix:   msg.Text{EN: "Find the tool that changed the file after linking; Go writes no such segment.", ZH: "请找出链接之后改动文件的工具；Go 不会写出这样的段。"},
	check: func(f *Facts, _ *Policy) string { return ifTrue(f.WX, "W+X") },
}, {
	Code: "INS032", Name: "exec-stack", Severity: Error,
	Title: msg.Text{EN: "asks for an executable stack", ZH: "要求可执行的栈"},
	Why:   msg.Text{EN: "SELinux and new C libraries refuse it; it makes stack overflows exploitable. Assembly files without a GNU-stack note cause it.", ZH: "SELinux 与新版 C 库会拒绝，且使栈溢出可被利用。通常由缺少 GNU-stack 标记的汇编文件引起。"},
	Fix:   msg.Text{EN: "Build without cgo, or with -extldflags=-Wl,-z,noexecstack.", ZH: "请不使用 cgo 构建，或加 -extldflags=-Wl,-z,noexecstack。"},
	check: func(f *Facts, _ *Policy) string { return ifTrue(f.ExecStack, "PT_GNU_STACK is executable") },
}}
