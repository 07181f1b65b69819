package assemble

import (
	"bytes"
	"io"

	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/loongarch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// oldABI is the ABI of toolchains for the old world.
const oldABI = "abi1.0"

// worldOf is the world that an SDK of this ABI makes programs for.
func worldOf(abi string) loongarch.World {
	if abi == oldABI {
		return loongarch.Old
	}
	return loongarch.New
}

// carries refuses a base of one world for an SDK of the other. A base with both
// loaders, or with none, carries either: a static program needs no loader, and the
// kernel decides.
func carries(base, sdk loongarch.World) error {
	switch {
	case base == loongarch.Old && sdk == loongarch.New:
		return msg.Errorf("the base is of LoongArch's old world (its loader is /lib64/ld.so.1), and this Go is for the new one: on the kernels that such systems have, go itself dies by SIGSEGV before its first line",
			"基础镜像属于龙架构旧世界（加载器为 /lib64/ld.so.1），而此 Go 面向新世界：在此类系统的内核上，go 自身会在执行第一行之前因 SIGSEGV 崩溃").
			WithHint("use Loongson's ABI1.0 toolchain for this base, or a base of the new world (Kylin V11, UOS 25, openEuler 24.03)",
				"请为此基础镜像使用龙芯的 ABI1.0 工具链，或改用新世界的基础镜像（麒麟 V11、统信 25、openEuler 24.03）").WithKind(msg.Findings)
	case base == loongarch.New && sdk == loongarch.Old:
		return msg.Errorf("the base is of LoongArch's new world (its loader is /lib64/ld-linux-loongarch-lp64d.so.1), and this Go is the ABI1.0 toolchain for the old one: it does not run on the kernels of such systems",
			"基础镜像属于龙架构新世界（加载器为 /lib64/ld-linux-loongarch-lp64d.so.1），而此 Go 是面向旧世界的 ABI1.0 工具链：无法在此类系统的内核上运行").
			WithHint("use the upstream Go SDK for this base", "请为此基础镜像使用上游 Go SDK").WithKind(msg.Findings)
	}
	return nil
}

// witness asks a second time, from the SDK's own bin/go. decode = nil asks nobody.
func witness(sdk *fetch.SDK, decode func(io.ReaderAt, int64) (loongarch.World, error)) (*Warning, error) {
	if decode == nil || sdk.Release.GOARCH != "loong64" {
		return nil, nil
	}
	f, ok := fileOf(sdk, "bin/go")
	if !ok {
		return nil, msg.Errorf("look at the SDK: it has no bin/go", "查看 SDK：其中没有 bin/go")
	}
	content, err := readAll(f, 256<<20)
	if err != nil {
		return nil, msg.Errorf("look at the SDK: %w", "查看 SDK：%w", err)
	}
	got, err := decode(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, msg.Errorf("look at the SDK's bin/go: %w", "查看 SDK 的 bin/go：%w", err)
	}
	switch want := worldOf(sdk.ABI); got {
	case want:
		return nil, nil
	case loongarch.New, loongarch.Old:
		return nil, msg.Errorf("the SDK is said to be for LoongArch's %s world, but its bin/go is a program of the %s world", "SDK 标称面向龙架构的%s世界，但其 bin/go 属于%s世界", worldText(want), worldText(got)).
			WithHint("the two toolchains have the same file names; see where this one was downloaded from", "两种工具链的文件名相同；请核实该工具链的下载来源").WithKind(msg.Findings)
	}
	w := warn("sdk-world-unknown", "the world of the SDK's bin/go cannot be told from its instructions", "无法从指令判断 SDK 的 bin/go 属于哪个世界")
	return &w, nil
}

func worldText(w loongarch.World) msg.Text {
	if w == loongarch.Old {
		return msg.Text{EN: "old", ZH: "旧"}
	}
	return msg.Text{EN: "new", ZH: "新"}
}

func fileOf(sdk *fetch.SDK, name string) (fetch.File, bool) {
	for _, f := range sdk.Files {
		if f.Name == name {
			return f, true
		}
	}
	return fetch.File{}, false
}

func readAll(f fetch.File, limit int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = msg.Errorf("%s is larger than %d bytes", "%s 超过 %d 字节", f.Name, limit)
	}
	return content, err
}
