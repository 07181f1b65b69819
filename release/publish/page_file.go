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
	World                   string   // of LoongArch: "new", "old"; "" for all else
	Rank                    int      // the lowest for a system is on the button
	order                   int      // of the group in the table
	system                  string   // os/arch; the LoongArch worlds are two
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
	p.system = t.OS + "/" + t.ArchName()
	p.Rank = formatRank(t.OS, f)
	switch {
	case t.ABI1:
		p.Rank, p.World = p.Rank+200, "old"
	case t.Arch == "loong64":
		p.World = "new"
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

var (
	twoWorlds = msg.Text{
		EN: "LoongArch is two worlds: the new one (Kylin V11, UOS 25, Loongnix 25, deepin 23, openEuler 22.03 and later) and the old one (Kylin V10, UOS 20, Loongnix 20). A program for one does not start on the other.",
		ZH: "龙架构分两个世界：新世界（麒麟 V11、统信 UOS 25、Loongnix 25、deepin 23、openEuler 22.03 及以后）与旧世界（麒麟 V10、统信 UOS 20、Loongnix 20）。两者的程序不能互相运行。",
	}
	tellWorlds = msg.Text{
		EN: "A system that has /lib64/ld-linux-loongarch-lp64d.so.1 is of the new world, one that has only /lib64/ld.so.1 of the old. install.sh asks the kernel and takes the right file.",
		ZH: "系统中有 /lib64/ld-linux-loongarch-lp64d.so.1 的是新世界；只有 /lib64/ld.so.1 的是旧世界。install.sh 会询问内核并选择正确的文件。",
	}
	newWorldOnly = msg.Text{EN: "This version has files for the new world only.", ZH: "此版本只有新世界的文件。"}
	oldWorldOnly = msg.Text{EN: "This version has files for the old world only.", ZH: "此版本只有旧世界的文件。"}
)

// worldsOf explains the LoongArch worlds where there are files for either.
func worldsOf(files []pageFile) []msg.Text {
	has := func(arch string) bool {
		return slices.ContainsFunc(files, func(f pageFile) bool { return strings.HasSuffix(f.system, "/"+arch) })
	}
	out := []msg.Text{twoWorlds, tellWorlds}
	switch newer, older := has("loong64"), has("loong64-abi1.0"); {
	case newer && older:
		return out
	case newer:
		return append(out, newWorldOnly)
	case older:
		return append(out, oldWorldOnly)
	}
	return nil
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
	var level msg.Text
	if t.Level != "" {
		level = msg.Text{EN: " · " + t.Level, ZH: " · " + t.Level}
	}
	if t.Level != "" && t.Arch == "amd64" {
		level = msg.Text{EN: level.EN + " (newer processors)", ZH: level.ZH + "（较新的处理器）"}
	}
	return msg.Text{EN: os + " · " + cpu.EN + level.EN, ZH: os + " · " + cpu.ZH + level.ZH}
}

func kindLabel(f File) msg.Text {
	switch f.Kind {
	case "source":
		return msg.Text{EN: "source code", ZH: "源代码"}
	case "checksum":
		return msg.Text{EN: "checksums", ZH: "校验和"}
	case "sbom":
		return msg.Text{EN: "bill of materials (SBOM)", ZH: "软件物料清单（SBOM）"}
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
