package inspect

import (
	"fmt"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

var platformRules = []Rule{{
	Code: "INS050", Name: "pe-timestamp", Severity: Warning,
	Title: msg.Text{EN: "the Windows header holds a time", ZH: "Windows 文件头中写有时间"},
	Why:   msg.Text{EN: "A clock in the header makes every build different. Go writes none; a C linker or a resource tool did.", ZH: "文件头中的时钟使每次构建都不同。Go 不会写入，是 C 链接器或资源工具所为。"},
	Fix:   msg.Text{EN: "Build without cgo, or pass -extldflags=-Wl,--no-insert-timestamp.", ZH: "请不使用 cgo 构建，或加 -extldflags=-Wl,--no-insert-timestamp。"},
	check: func(f *Facts, _ *Policy) string {
		if f.PE == nil || f.PE.Timestamp == 0 {
			return ""
		}
		return fmt.Sprintf("TimeDateStamp %#x", f.PE.Timestamp)
	},
}, {
	Code: "INS051", Name: "pe-hardening", Severity: Warning,
	Title: msg.Text{EN: "without ASLR or NX on Windows", ZH: "在 Windows 上缺少 ASLR 或 NX"},
	Why:   msg.Text{EN: "Windows places the program at a fixed address or lets data be executed; scanners report it.", ZH: "Windows 会把程序放在固定地址，或允许执行数据；安全扫描会报告。"},
	Fix:   msg.Text{EN: "Build with Go 1.16 or later and no linker flags that switch them off.", ZH: "请用 Go 1.16 或更新版本构建，且不要用链接参数关闭它们。"},
	check: func(f *Facts, _ *Policy) string {
		if f.PE == nil || f.PE.ASLR && f.PE.NX {
			return ""
		}
		return fmt.Sprintf("ASLR %t, NX %t", f.PE.ASLR, f.PE.NX)
	},
}, {
	Code: "INS052", Name: "macho-unsigned", Severity: Error,
	Title: msg.Text{EN: "unsigned program for Apple silicon", ZH: "Apple 芯片程序没有签名"},
	Why:   msg.Text{EN: "macOS on arm64 kills a program without a signature at start. Go's linker signs ad hoc; strip and other tools remove it.", ZH: "arm64 的 macOS 会在启动时杀死没有签名的程序。Go 链接器会做临时签名，strip 等工具会把它去掉。"},
	Fix:   msg.Text{EN: "Do not change the file after linking, or sign it again with codesign.", ZH: "链接之后不要改动文件，或用 codesign 重新签名。"},
	check: func(f *Facts, _ *Policy) string {
		return ifTrue(f.MachO != nil && f.Arch == "arm64" && !f.MachO.Signed && f.Type != Object, "no LC_CODE_SIGNATURE")
	},
}, {
	Code: "INS053", Name: "macho-uuid", Severity: Warning,
	Title: msg.Text{EN: "no UUID on macOS", ZH: "在 macOS 上没有 UUID"},
	Why:   msg.Text{EN: "macOS 15 and later may refuse local network access to programs without one.", ZH: "macOS 15 及以后可能拒绝没有 UUID 的程序访问本地网络。"},
	Fix:   msg.Text{EN: "Build with Go 1.24 or later, without -ldflags=-B none.", ZH: "请用 Go 1.24 或更新版本构建，且不要使用 -ldflags=-B none。"},
	check: func(f *Facts, _ *Policy) string {
		return ifTrue(f.MachO != nil && f.MachO.UUID == "" && (f.Type == Exec || f.Type == PIE), "no LC_UUID")
	},
}}
