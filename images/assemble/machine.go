package assemble

import (
	"cmp"
	"debug/elf"
	"maps"
	"slices"
)

// machineOf is the processor of a GOARCH in an ELF file; EM_NONE when we do not
// build for it.
func machineOf(goarch string) elf.Machine {
	switch goarch {
	case "amd64":
		return elf.EM_X86_64
	case "arm64":
		return elf.EM_AARCH64
	case "loong64":
		return elf.EM_LOONGARCH
	}
	return elf.EM_NONE
}

// goarchOf names an architecture as Go does. Images of vendors use the kernel's
// names too, which is no reason to refuse them.
func goarchOf(arch string) string {
	switch arch {
	case "x86_64", "x86-64":
		return "amd64"
	case "aarch64":
		return "arm64"
	case "loongarch64":
		return "loong64"
	}
	return arch
}

// archs are the architectures that the tree's programs are for, the commonest
// first; others than ours under the names that debug/elf has.
func (t *tree) archs() []string {
	machines := slices.SortedFunc(maps.Keys(t.machines), func(a, b elf.Machine) int {
		return cmp.Or(t.machines[b]-t.machines[a], int(a)-int(b))
	})
	var out []string
	for _, m := range machines {
		name := m.String()
		for _, goarch := range []string{"amd64", "arm64", "loong64"} {
			if machineOf(goarch) == m {
				name = goarch
			}
		}
		out = append(out, name)
	}
	return out
}
