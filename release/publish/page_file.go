package publish

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// pageFile is one artifact as the page shows it.
type pageFile struct {
	Name, URL, Size, SHA256 string
	OS, Arch                string   // as the page's script guesses them; "" for files of no target
	Label                   msg.Text // for people
	Rank                    int      // the lowest for a system is on the button
	order                   int      // of the group in the table
	loong                   bool
}

func fileOnPage(folder string, f File) pageFile {
	p := pageFile{Name: f.Name, URL: folder + "/" + url.PathEscape(f.Name), Size: humanSize(f.Size), SHA256: f.SHA256, order: len(systems) + 1}
	t, err := target.Parse(f.Target)
	if err != nil {
		p.Label = kindLabel(f)
		return p
	}
	p.OS, p.Arch = t.OS, t.Arch
	p.Label = targetLabel(t)
	if i := slices.IndexFunc(systems, func(s system) bool { return s.goos == t.OS }); i >= 0 {
		p.order = i
	} else {
		p.order = len(systems)
	}
	p.loong = t.Arch == "loong64"
	p.Rank = formatRank(t.OS, f)
	switch {
	case t.ABI1:
		p.Rank += 200
	case t.Level != "":
		p.Rank += 100 // not every computer has it
	}
	return p
}

// formatRank prefers what a person on that system opens most easily.
func formatRank(goos string, f File) int {
	order := []string{"tar.gz", "zip", "binary", "deb", "rpm"}
	if goos == "windows" {
		order = []string{"zip", "binary"}
	}
	format := f.Format
	if f.Kind == "binary" {
		format = "binary"
	}
	if i := slices.Index(order, format); i >= 0 {
		return i
	}
	return len(order)
}

type system struct{ goos, name string }

var systems = []system{
	{"linux", "Linux"}, {"windows", "Windows"}, {"darwin", "macOS"},
	{"freebsd", "FreeBSD"}, {"openbsd", "OpenBSD"}, {"netbsd", "NetBSD"}, {"android", "Android"},
}

var cpus = map[string]msg.Text{
	"amd64":          {EN: "x86-64 (Intel, AMD, Hygon, Zhaoxin)", ZH: "x86-64（Intel、AMD、海光、兆芯）"},
	"arm64":          {EN: "ARM64 (Kunpeng, FeiTeng)", ZH: "ARM64（鲲鹏、飞腾）"},
	"loong64":        {EN: "LoongArch, new world", ZH: "龙架构 · 新世界"},
	"loong64-abi1.0": {EN: "LoongArch, old world", ZH: "龙架构 · 旧世界"},
	"386":            {EN: "x86, 32 bits", ZH: "x86 · 32 位"},
	"arm":            {EN: "ARM, 32 bits", ZH: "ARM · 32 位"},
	"riscv64":        {EN: "RISC-V", ZH: "RISC-V"},
	"mips64le":       {EN: "MIPS64 (older Loongson)", ZH: "MIPS64（早期龙芯）"},
}

var worlds = msg.Text{
	EN: "LoongArch is two worlds: the new one (Kylin V11, UOS 25, Loongnix 25, deepin 23, openEuler 22.03 and later) and the old one (Kylin V10, UOS 20, Loongnix 20). A program for one does not start on the other.",
	ZH: "龙架构分两个世界：新世界（麒麟 V11、统信 UOS 25、Loongnix 25、deepin 23、openEuler 22.03 及以后）与旧世界（麒麟 V10、统信 UOS 20、Loongnix 20）。两者的程序不能互相运行。",
}

func targetLabel(t target.Target) msg.Text {
	os := t.OS
	for _, s := range systems {
		if s.goos == t.OS {
			os = s.name
		}
	}
	cpu, ok := cpus[t.ArchName()]
	switch {
	case !ok:
		cpu = msg.Text{EN: t.ArchName(), ZH: t.ArchName()}
	case t.OS == "darwin" && t.Arch == "arm64":
		cpu = msg.Text{EN: "Apple silicon", ZH: "Apple 芯片"}
	case t.OS == "darwin":
		cpu = msg.Text{EN: "Intel", ZH: "Intel"}
	case t.OS != "linux": // domestic processors run Linux
		for _, half := range []*string{&cpu.EN, &cpu.ZH} {
			name, _, _ := strings.Cut(*half, "（")
			*half, _, _ = strings.Cut(name, " (")
		}
	}
	level := ""
	if t.Level != "" {
		level = " · " + t.Level
	}
	return msg.Text{EN: os + " · " + cpu.EN + level, ZH: os + " · " + cpu.ZH + level}
}

func kindLabel(f File) msg.Text {
	switch f.Kind {
	case "source":
		return msg.Text{EN: "source code", ZH: "源代码"}
	case "checksum":
		return msg.Text{EN: "checksums", ZH: "校验和"}
	}
	return msg.Text{EN: "any system", ZH: "不限系统"}
}

// humanSize uses the powers of 1024 that file managers show.
func humanSize(n int64) string {
	const k = 1024
	switch f := float64(n); {
	case n < k:
		return fmt.Sprintf("%d B", n)
	case n < k*k:
		return fmt.Sprintf("%.0f KiB", f/k)
	case n < k*k*k:
		return fmt.Sprintf("%.1f MiB", f/k/k)
	default:
		return fmt.Sprintf("%.2f GiB", f/k/k/k)
	}
}
