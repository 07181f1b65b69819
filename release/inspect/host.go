package inspect

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/target"
)

// Machine is what a program meets when it is started: a processor, a kernel and a
// file tree. Of what is not known the zero value is right, unless said otherwise;
// rules that would need it then give a warning where it could matter.
type Machine struct {
	OS, Arch string // GOOS and GOARCH; both have to be known
	Level    string // the highest GOAMD64, GOARM64… that runs there
	PageSize int    // bytes; 0: not looked at

	KernelWorld string // NewWorld, OldWorld; on LoongArch anything else is unknown
	TreeWorld   string // the same, or BothWorlds

	Glibc string                 // the C library's version, as x.y; "" where there is none or it is another
	Has   func(path string) bool // whether the tree has a file, named from /; nil: not looked at
}

// BothWorlds is a tree with the loaders of both worlds, for example by libLoL.
const BothWorlds = "both"

// The answers of [Verdict.Runs].
const (
	RunsYes     = "yes"
	RunsNo      = "no"
	RunsUnknown = "unknown"
)

// Runs says what a verdict made for [Policy.Host] comes to: no with an error,
// unknown with a warning, else yes. Libraries other than the C library are not
// looked for, nor is the program started.
func (v Verdict) Runs() string {
	answer := RunsYes
	for _, f := range v.Findings {
		switch {
		case f.Severity == Error:
			return RunsNo
		case f.Severity == Warning:
			answer = RunsUnknown
		}
	}
	return answer
}

// asks reports whether the policy asks the rule: with a host, those about it, and
// whether the file is a program; without one, all others.
func (p *Policy) asks(r Rule) bool {
	if p.Host == nil {
		return !r.host
	}
	return r.host || r.Code == codeNotAProgram
}

// starts reports whether the kernel would take a program of f's kind.
func (m *Machine) starts(f *Facts) bool { return f.OS == m.OS && f.Arch == m.Arch }

// hostSlice is the slice of a universal file that a machine would start; f itself
// if there is none.
func hostSlice(f *Facts, m *Machine) *Facts {
	if i := slices.IndexFunc(f.Slices, func(s *Facts) bool { return m.starts(s) }); i >= 0 {
		return f.Slices[i]
	}
	return f
}

// companions are the 32-bit architectures whose programs most machines of an
// architecture run too, with the kernel's leave and, on arm, the processor's.
var companions = map[string]string{"386": "amd64", "arm": "arm64"}

func everywhere(f *Facts) bool { // the architecture's default level
	return runsOn(f.Arch, f.Level, target.Target{Arch: f.Arch}.FullLevel())
}

// kernelWants is the world whose kernel the program needs. A kernel does not look
// at e_flags, so they have no say here, not even against others.
func kernelWants(f *Facts) string {
	if w := sigsetWorld(f.Sigset); w != "" {
		return w
	}
	return interpWorld(f.Interp)
}

// worldsClash says why the program's worlds are not the machine's; certain is
// false where one is not known.
func worldsClash(f *Facts, m *Machine) (why string, certain bool) {
	kernel, tree := kernelWants(f), interpWorld(f.Interp)
	known := func(w string) bool { return w == NewWorld || w == OldWorld || w == BothWorlds }
	switch {
	case f.Arch != "loong64" || !m.starts(f):
		return "", true
	case tree != "" && known(m.TreeWorld) && m.TreeWorld != BothWorlds && tree != m.TreeWorld:
		return tree + "-world program, " + m.TreeWorld + "-world libraries", true
	case kernel == OldWorld && m.KernelWorld == NewWorld && tree == OldWorld && m.TreeWorld == BothWorlds:
		return "", true // libLoL translates
	case kernel != "" && known(m.KernelWorld) && kernel != m.KernelWorld:
		return kernel + "-world program, " + m.KernelWorld + "-world kernel", true
	case kernel == "":
		return "the program's world is not known: " + witnesses(f), false
	case !known(m.KernelWorld):
		return kernel + "-world program, the kernel's world is not known", false
	case tree != "" && !known(m.TreeWorld):
		return tree + "-world program, the libraries' world is not known", false
	}
	return "", true
}
