package gather

import (
	"cmp"
	"debug/buildinfo"
	"debug/elf"
	"path/filepath"
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// gosOnPath reads every go command that was found. Those that cannot be run at
// all (a broken link, no permission) stand behind the others, because shells go
// on past them; a link that leads nowhere has no Resolved.
func gosOnPath(all []found) []envcheck.GoBinary {
	slices.SortStableFunc(all, func(a, b found) int {
		return cmp.Compare(b2i(!a.runs), b2i(!b.runs))
	})
	var out []envcheck.GoBinary
	for _, f := range all {
		g := envcheck.GoBinary{Path: f.path, Error: f.why}
		if r, err := filepath.EvalSymlinks(f.path); err == nil {
			g.Resolved = r
		}
		if f.runs {
			goBinary(&g)
		}
		out = append(out, g)
	}
	return out
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// goBinary reads the build information. A program that is not the go command
// itself (a version manager's) has no version: that of its compiler would mislead.
func goBinary(g *envcheck.GoBinary) {
	bi, err := buildinfo.ReadFile(g.Path)
	if err != nil {
		g.Error = reason(err)
		return
	}
	if bi.Path != "" && bi.Path != "cmd/go" {
		g.Error = "not the go command but " + bi.Path
		return
	}
	g.Version = bi.GoVersion
	for _, kv := range bi.Settings {
		switch kv.Key {
		case "GOOS":
			g.OS = kv.Value
		case "GOARCH":
			g.Arch = kv.Value
		}
	}
	if g.Arch == "" { // before go1.18
		if f, err := elf.Open(g.Path); err == nil {
			g.Arch = elfArch[f.Machine]
			_ = f.Close()
		}
	}
}

var elfArch = map[elf.Machine]string{elf.EM_X86_64: "amd64", elf.EM_AARCH64: "arm64", elf.EM_386: "386", elf.EM_ARM: "arm", elf.EM_LOONGARCH: "loong64", elf.EM_RISCV: "riscv64", elf.EM_S390: "s390x"}
