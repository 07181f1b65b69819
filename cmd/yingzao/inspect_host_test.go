package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/loongarch"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

// Machines that tests cannot run on, as people see them.
func TestPrintHost(t *testing.T) {
	old := loongarch.HostReport{OS: "linux", Arch: "loong64", Machine: "loongarch64", Kernel: "4.19.90-52", PageSize: 16384, Glibc: "2.28",
		System: loongarch.System{ID: "kylin", Name: "Kylin V10\x1b[31m"}, CPU: loongarch.CPU{Name: "loongson", Model: "Loongson-3A5000"}, Emulated: "no",
		KernelWorld: &loongarch.Answer{World: loongarch.Old, By: "probe"}, TreeWorld: &loongarch.Answer{World: loongarch.Old, By: "loader"}}
	emulated := loongarch.HostReport{OS: "linux", Arch: "arm64", Kernel: "6.6.0", PageSize: 65536, Emulated: "yes", Emulator: "/usr/bin/qemu-aarch64-static"}
	kunpeng := emulated
	kunpeng.Emulated, kunpeng.Emulator, kunpeng.CPU = "no", "", loongarch.CPU{Name: "kunpeng920", Level: "v8.2,crypto"}
	for _, tc := range []struct {
		r    loongarch.HostReport
		lang msg.Lang
		want string
	}{
		{old, msg.English, "linux/loong64  Kylin V10  kernel 4.19.90-52  pages of 16 KiB\n" +
			"  processor: Loongson-3A5000, Loongson 3A5000, 3A6000, 3C5000\n  glibc: 2.28\n" +
			"  LoongArch world of the kernel, for static programs: old (probe)\n" +
			"  LoongArch world of the libraries, for dynamic ones: old (loader)\n"},
		{old, msg.Chinese, "linux/loong64  Kylin V10  内核 4.19.90-52  页大小 16 KiB\n" +
			"  处理器：Loongson-3A5000, 龙芯 3A5000、3A6000、3C5000\n  glibc 版本：2.28\n" +
			"  内核的龙架构世界（决定静态程序）：old（probe）\n" +
			"  库的龙架构世界（决定动态程序）：old（loader）\n"},
		{emulated, msg.English, "linux/arm64  system not known  kernel 6.6.0  pages of 64 KiB\n  processor: not known\n" +
			"  emulated by /usr/bin/qemu-aarch64-static, so the processor and the kernel's world cannot be known\n"},
		{kunpeng, msg.Chinese, "linux/arm64  系统未知  内核 6.6.0  页大小 64 KiB\n  处理器：鲲鹏 920；可运行至 GOARM64=v8.2,crypto 级别的程序\n"},
	} {
		var out bytes.Buffer
		a := &app{out: &out, lang: tc.lang}
		a.printHost(&tc.r)
		if strings.Contains(out.String(), "\x1b") || out.String() != tc.want {
			t.Errorf("got:\n%swant:\n%s", &out, tc.want)
		}
	}
	m := machineOf(&old)
	if m.KernelWorld != inspect.OldWorld || m.TreeWorld != inspect.OldWorld || m.Arch != "loong64" || m.PageSize != 16384 || m.Glibc != "2.28" || m.Has == nil {
		t.Errorf("%+v", m)
	}
	if string(loongarch.Both) != inspect.BothWorlds || string(loongarch.New) != inspect.NewWorld || string(loongarch.Unknown) != inspect.UnknownWorld {
		t.Error("the worlds have other names here than there")
	}
}
