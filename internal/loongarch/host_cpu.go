package loongarch

import (
	"slices"
	"strings"
)

// CPU is what /proc/cpuinfo says of the processors.
type CPU struct {
	// Name is a name in the table of release/inspect; "" for one that is not in it.
	Name string `json:"name,omitempty"`
	// Model is for people: the model name, or implementer and part on arm64.
	Model string `json:"model,omitempty"`
	// Level is the highest GOAMD64 or GOARM64 that every core runs, told from the
	// features that the kernel lists, not from the name: a virtual machine may hide
	// some. "" when not known, and on architectures without levels.
	Level string `json:"level,omitempty"`
}

// ParseCPU reads the text of /proc/cpuinfo for a GOARCH. Text of another machine, which
// an emulator may show, gives the zero CPU.
func ParseCPU(arch string, text []byte) CPU {
	cores := parseCores(string(text))
	if len(cores) == 0 {
		return CPU{}
	}
	first := cores[0]
	switch arch {
	case "amd64":
		return CPU{nameAMD64(first), first["model name"], levelAMD64(common(cores, "flags"))}
	case "arm64":
		c := CPU{nameARM64(first), first["model name"], levelARM64(common(cores, "features"))}
		if c.Model == "" && first["cpu implementer"] != "" {
			c.Model = "implementer " + first["cpu implementer"] + " part " + first["cpu part"]
		}
		return c
	case "loong64":
		if model := first["model name"]; strings.HasPrefix(model, "Loongson") {
			return CPU{Name: "loongson", Model: model}
		}
	}
	return CPU{}
}

// parseCores splits the file into one table a processor. Keys are in lower case:
// the two worlds' kernels write them differently. Lines outside of a processor
// (LoongArch's "system type") are dropped.
func parseCores(text string) (cores []map[string]string) {
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(line, ":")
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		switch {
		case !ok:
		case key == "processor":
			cores = append(cores, map[string]string{})
		case len(cores) > 0:
			cores[len(cores)-1][key] = value
		}
	}
	return cores
}

// common are the features that all cores have: a program may be moved to any.
func common(cores []map[string]string, key string) []string {
	all := strings.Fields(cores[0][key])
	seen := cores[0][key]
	for _, core := range cores[1:] {
		if core[key] == seen { // the usual case, with a hundred cores and more
			continue
		}
		have := strings.Fields(core[key])
		all = slices.DeleteFunc(all, func(f string) bool { return !slices.Contains(have, f) })
	}
	return all
}

// nameAMD64 knows the vendors' marks. Zhaoxin writes that of Centaur, which it
// bought, or its own; family 6 is VIA's. Models from 0x5b on are YongFeng.
func nameAMD64(core map[string]string) string {
	switch vendor := core["vendor_id"]; {
	case vendor == "HygonGenuine":
		return "hygon-c86"
	case (vendor == "CentaurHauls" || vendor == "Shanghai") && core["cpu family"] == "7":
		if number(core["model"]) >= 0x5b {
			return "zhaoxin-yongfeng"
		}
		return "zhaoxin-lujiazui"
	}
	return ""
}

// nameARM64 knows implementers and parts. Kunpeng 916 has Arm's own Cortex-A72,
// as other machines have; what is said of it holds for them.
func nameARM64(core map[string]string) string {
	switch core["cpu implementer"] + " " + core["cpu part"] {
	case "0x70 0x662":
		return "ft2000plus"
	case "0x41 0xd08":
		return "kunpeng916"
	case "0x48 0xd01":
		return "kunpeng920"
	}
	return ""
}

func number(s string) (n int) {
	for _, c := range s {
		if c < '0' || c > '9' || n > 1<<16 {
			return 0
		}
		n = 10*n + int(c-'0')
	}
	return n
}
