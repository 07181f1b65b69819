package linuxpkg

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// archNames are the names of GOARCH in each format, where they differ.
// LoongArch is loong64 in Debian's ports (new world) and loongarch64 in the
// repositories of the old world; rpm has one name for both.
var archNames = map[string]map[string]string{
	Deb: {
		"386": "i386", "mipsle": "mipsel", "mips64le": "mips64el", "ppc64le": "ppc64el",
		"loong64-abi1.0": "loongarch64",
	},
	RPM: {
		"386": "i386", "amd64": "x86_64", "arm64": "aarch64", "mipsle": "mipsel", "mips64le": "mips64el",
		"loong64": "loongarch64", "loong64-abi1.0": "loongarch64",
	},
	APK: {
		"386": "x86", "amd64": "x86_64", "arm64": "aarch64", "mipsle": "mipsel", "mips64le": "mips64el",
		"loong64": "loongarch64", "loong64-abi1.0": "loongarch64",
	},
	ArchLinux: {
		"386": "i686", "amd64": "x86_64", "arm64": "aarch64", "loong64-abi1.0": "loong64",
	},
}

// armNames are the names of 32-bit ARM by level, the one architecture whose
// level decides the name.
var armNames = map[string]map[string]string{
	Deb:       {"5": "armel", "6": "armhf", "7": "armhf"},
	RPM:       {"5": "armv5tel", "6": "armv6hl", "7": "armv7hl", "6,softfloat": "armv6l", "7,softfloat": "armv7l"},
	APK:       {"6": "armhf", "7": "armv7"},
	ArchLinux: {"5": "arm", "6": "armv6h", "7": "armv7h"},
}

// debNative is the level that a Debian ARM architecture itself means.
var debNative = map[string]string{"armel": "5", "armhf": "7"}

// Arch is the name that a format gives to the architecture of t. The level does
// not count, except on 32-bit ARM. It is an error for an unknown format, a
// system other than Linux, and an ARM level that the format has no name for.
func Arch(format string, t target.Target) (string, error) {
	if !slices.Contains(Formats(), format) {
		e := msg.Errorf("package format %q: unknown", "软件包格式 %q：未知", format).WithKind(msg.Usage)
		if near := msg.Nearest(format, Formats()); near != "" {
			return "", e.WithHint("did you mean %s?", "您是不是想写 %s？", near)
		}
		return "", e.WithHint("use one of %s", "可用的格式：%s", strings.Join(Formats(), ", "))
	}
	if t.OS != "linux" {
		return "", msg.Errorf("%s package for %s: only linux targets can be packaged", "为 %[2]s 制作 %[1]s 包：只有 linux 目标可以打包", format, t).WithKind(msg.Usage)
	}
	if t.Arch == "arm" {
		return armArch(format, t)
	}
	if name, ok := archNames[format][t.ArchName()]; ok {
		return name, nil
	}
	return t.Arch, nil
}

func armArch(format string, t target.Target) (string, error) {
	level := strings.TrimSuffix(t.FullLevel(), ",hardfloat")
	if t.FullLevel() == "5,softfloat" {
		level = "5"
	}
	if format == Deb && strings.HasSuffix(level, ",softfloat") {
		level = "5" // armel is the soft-float port; armhf demands a floating-point unit
	}
	if name, ok := armNames[format][level]; ok {
		return name, nil
	}
	return "", msg.Errorf("%s package for %s: the format has no name for this ARM level", "为 %[2]s 制作 %[1]s 包：该格式没有这个 ARM 级别的架构名", format, t).
		WithHint("leave the target out of this package, or build another level", "请在该软件包中去掉这个目标，或改用其他级别").WithKind(msg.Usage)
}

// distinction is what a file name needs beside the architecture's name so that
// no two targets share it; "" for what the name itself means.
func distinction(format, arch string, t target.Target) string {
	switch {
	case t.ABI1:
		if format == Deb {
			return "" // the name says it
		}
		return "abi1.0"
	case t.Arch != "arm":
		return strings.ReplaceAll(t.Level, ",", "-")
	case format == Deb && debNative[arch] == t.Level,
		format != Deb && armNames[format][t.Level] != "":
		return ""
	}
	return "v" + strings.ReplaceAll(t.Level, ",", "-")
}
