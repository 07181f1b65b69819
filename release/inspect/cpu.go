package inspect

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// CPU is a processor family as Chinese servers and desktops have them, with
// the highest level that runs on it.
type CPU struct {
	Name  string   `json:"name"`
	Arch  string   `json:"arch"`
	Level string   `json:"level,omitempty"` // "" for an architecture without levels
	Title msg.Text `json:"-"`
}

// Runs reports whether code for the architecture at the level runs on c.
// An empty level demands nothing above the architecture.
func (c CPU) Runs(arch, level string) bool {
	return arch == c.Arch && runsOn(arch, level, c.Level)
}

// CPUs is the table of processors, by name. On LoongArch the world depends on
// the operating system, not on the processor.
func CPUs() []CPU { return slices.Clone(cpus) }

// FindCPU looks a processor up by name.
func FindCPU(name string) (CPU, bool) {
	i := slices.IndexFunc(cpus, func(c CPU) bool { return c.Name == name })
	if i < 0 {
		return CPU{}, false
	}
	return cpus[i], true
}

var cpus = []CPU{
	{"ft2000plus", "arm64", "v8.0", msg.Text{EN: "Phytium FT-2000+/64", ZH: "飞腾 FT-2000+/64"}},
	{"hygon-c86", "amd64", "v3", msg.Text{EN: "Hygon C86 (Dhyana)", ZH: "海光 C86"}},
	{"kunpeng916", "arm64", "v8.0", msg.Text{EN: "Kunpeng 916", ZH: "鲲鹏 916"}},
	{"kunpeng920", "arm64", "v8.2,lse", msg.Text{EN: "Kunpeng 920", ZH: "鲲鹏 920"}},
	{"loongson", "loong64", "", msg.Text{EN: "Loongson 3A5000, 3A6000, 3C5000", ZH: "龙芯 3A5000、3A6000、3C5000"}},
	{"zhaoxin-lujiazui", "amd64", "v2", msg.Text{EN: "Zhaoxin LuJiaZui (KX-6000, KH-30000)", ZH: "兆芯 陆家嘴（KX-6000、KH-30000）"}},
	{"zhaoxin-yongfeng", "amd64", "v3", msg.Text{EN: "Zhaoxin YongFeng (KX-7000, KH-40000)", ZH: "兆芯 永丰（KX-7000、KH-40000）"}},
}
