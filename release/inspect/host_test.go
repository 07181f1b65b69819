package inspect

import (
	"debug/elf"
	"encoding/binary"
	"strings"
	"testing"
)

const (
	newLoader = "/lib64/ld-linux-loongarch-lp64d.so.1"
	oldLoader = "/lib64/ld.so.1"
)

// dynamicELF is a LoongArch program that names a loader and holds nothing else.
func dynamicELF(interp string, flags byte) []byte {
	le := binary.LittleEndian
	b := patched(tinyELF()[:64+56], eFlagsAt, flags)
	b = append(b, b[64:]...) // the segment that is loaded stays first
	at := uint64(len(b))
	le.PutUint16(b[56:], 2)
	for _, p := range [][]byte{b[64:], b[120:]} {
		size := at + uint64(len(interp)) + 1
		le.PutUint64(p[32:], size)
		le.PutUint64(p[40:], size)
	}
	le.PutUint32(b[120:], uint32(elf.PT_INTERP))
	le.PutUint64(b[120+8:], at)
	le.PutUint64(b[120+32:], uint64(len(interp))+1)
	return append(append(b, interp...), 0)
}

func TestRunsHere(t *testing.T) {
	none := func(string) bool { return false }
	all := func(string) bool { return true }
	loong := func(kernel, tree string) Machine {
		return Machine{OS: "linux", Arch: "loong64", PageSize: 16 << 10, KernelWorld: kernel, TreeWorld: tree, Glibc: "2.28", Has: all}
	}
	arm := Machine{OS: "linux", Arch: "arm64", Level: "v8.0", PageSize: 64 << 10, Glibc: "2.28", Has: all}
	amd := Machine{OS: "linux", Arch: "amd64", Level: "v2", PageSize: 4 << 10, Glibc: "2.28", Has: all}
	with := func(m Machine, change func(*Machine)) Machine { change(&m); return m }
	static := func(arch, level string) Facts {
		return Facts{Format: ELF, OS: "linux", Arch: arch, Type: Exec, Level: level, Align: 64 << 10}
	}
	static64 := func(sigset int, flags uint32) Facts {
		f := static("loong64", "")
		f.Sigset, f.EFlags = sigset, flags
		f.World = world(&f)
		return f
	}
	dynamic := func(loader string) Facts {
		f := static64(0, map[string]uint32{newLoader: 0x43, oldLoader: 0x3}[loader])
		f.Interp, f.Dynamic = loader, true
		f.World = world(&f)
		return f
	}
	glibc := func(version string) Facts {
		f := static("amd64", "")
		f.Interp, f.Dynamic, f.Glibc = "/lib64/ld-linux-x86-64.so.2", true, version
		return f
	}
	universal := Facts{Format: Universal, OS: "darwin", Arch: "amd64", Type: Exec, Slices: []*Facts{{Format: MachO, OS: "darwin", Arch: "amd64", Type: Exec}, {Format: MachO, OS: "darwin", Arch: "arm64", Type: Exec}}}

	for _, tc := range []struct {
		name string
		f    Facts
		m    Machine
		runs string
		want string // codes and severities
	}{
		{"as made for it", static("arm64", "v8.0"), arm, RunsYes, ""},
		{"another architecture", static("amd64", "v1"), arm, RunsNo, "INS060:error"},
		{"another system", Facts{Format: PE, OS: "windows", Arch: "amd64", Type: Exec, Level: "v4"}, amd, RunsNo, "INS060:error"},
		{"32 bits", static("386", "sse2"), amd, RunsUnknown, "INS060:warning"},
		{"32 bits of another family", static("arm", "7"), amd, RunsNo, "INS060:error"},
		{"a library", Facts{Format: ELF, OS: "linux", Arch: "amd64", Type: Shared}, amd, RunsNo, "INS001:error"},
		{"universal", universal, Machine{OS: "darwin", Arch: "arm64"}, RunsYes, ""},
		{"universal without us", universal, Machine{OS: "darwin", Arch: "ppc64"}, RunsNo, "INS060:error"},

		{"a level too high", static("arm64", "v8.2"), arm, RunsNo, "INS061:error"},
		{"an option too much", static("arm64", "v8.0,lse"), arm, RunsNo, "INS061:error"},
		{"a level that fits", static("amd64", "v2"), amd, RunsYes, ""},
		{"a level that is not written", static("amd64", ""), amd, RunsYes, ""},
		{"a processor that is not known", static("amd64", "v3"), with(amd, func(m *Machine) { m.Level = "" }), RunsUnknown, "INS061:warning"},
		{"the default level there", static("amd64", "v1"), with(amd, func(m *Machine) { m.Level = "" }), RunsYes, ""},

		{"new on new", static64(8, 0x43), loong(NewWorld, NewWorld), RunsYes, ""},
		{"new on old", static64(8, 0x43), loong(OldWorld, OldWorld), RunsNo, "INS062:error"},
		{"old on old", static64(16, 0x3), loong(OldWorld, OldWorld), RunsYes, ""},
		{"old on new", static64(16, 0x3), loong(NewWorld, NewWorld), RunsNo, "INS062:error"},
		{"static old with libLoL", static64(16, 0x3), loong(NewWorld, BothWorlds), RunsNo, "INS062:error"},
		{"e_flags do not count", static64(8, 0x3), loong(NewWorld, NewWorld), RunsYes, ""},
		{"e_flags do not count in the other direction", static64(8, 0x3), loong(OldWorld, OldWorld), RunsNo, "INS062:error"},
		{"static new in an old container", static64(8, 0x43), loong(NewWorld, OldWorld), RunsYes, ""},
		{"static old in a new container", static64(16, 0x3), loong(OldWorld, NewWorld), RunsYes, ""},
		{"not Go", static64(0, 0x43), loong(NewWorld, NewWorld), RunsUnknown, "INS062:warning"},
		{"kernel not known", static64(8, 0x43), loong(UnknownWorld, NewWorld), RunsUnknown, "INS062:warning"},
		{"dynamic new on new", dynamic(newLoader), loong(NewWorld, NewWorld), RunsYes, ""},
		{"dynamic old on old", dynamic(oldLoader), loong(OldWorld, OldWorld), RunsYes, ""},
		{"dynamic old with libLoL", dynamic(oldLoader), loong(NewWorld, BothWorlds), RunsYes, ""},
		{"dynamic new with libLoL", dynamic(newLoader), loong(NewWorld, BothWorlds), RunsYes, ""},
		{"dynamic new on an old kernel with both", dynamic(newLoader), loong(OldWorld, BothWorlds), RunsNo, "INS062:error"},
		{"dynamic new in an old container", dynamic(newLoader), loong(NewWorld, OldWorld), RunsNo, "INS062:error"},
		{"dynamic, tree not known", dynamic(newLoader), loong(NewWorld, UnknownWorld), RunsUnknown, "INS062:warning"},
		{"dynamic, kernel not known, tree wrong", dynamic(newLoader), loong(UnknownWorld, OldWorld), RunsNo, "INS062:error"},

		{"pages too great", Facts{Format: ELF, OS: "linux", Arch: "arm64", Type: Exec, Align: 4 << 10}, arm, RunsNo, "INS063:error"},
		{"pages not looked at", Facts{Format: ELF, OS: "linux", Arch: "arm64", Type: Exec, Align: 4 << 10}, with(arm, func(m *Machine) { m.PageSize = 0 }), RunsYes, ""},
		{"small alignment, small pages", Facts{Format: ELF, OS: "linux", Arch: "amd64", Type: Exec, Align: 4 << 10}, amd, RunsYes, ""},

		{"no loader", glibc("2.17"), with(amd, func(m *Machine) { m.Has = none }), RunsNo, "INS064:error"},
		{"loader not looked for", glibc("2.17"), with(amd, func(m *Machine) { m.Has = nil }), RunsYes, ""},
		{"glibc as old", glibc("2.28"), amd, RunsYes, ""},
		{"glibc too new", glibc("2.34"), amd, RunsNo, "INS065:error"},
		{"glibc not known", glibc("2.34"), with(amd, func(m *Machine) { m.Glibc = "" }), RunsUnknown, "INS065:warning"},
	} {
		v := Judge(&tc.f, Policy{Host: &tc.m})
		if v.Runs() != tc.runs || codes(v) != tc.want || v.OK != (tc.runs != RunsNo) {
			t.Errorf("%s: runs %s, %s %v; want %s, %s", tc.name, v.Runs(), codes(v), v.Findings, tc.runs, tc.want)
		}
	}
}

// Without a host its rules are silent, and with one the others are.
func TestHostIsAnotherQuestion(t *testing.T) {
	f := Facts{Format: ELF, OS: "linux", Arch: "amd64", Type: Exec, Interp: "/lib/ld-musl-x86_64.so.1", WX: true, UPX: true, Level: "v3"}
	if v := Judge(&f, Policy{}); strings.Contains(codes(v), "INS06") {
		t.Errorf("no host, but %s", codes(v))
	}
	if v := Judge(&f, Policy{Host: &Machine{OS: "linux", Arch: "amd64", Level: "v4"}}); codes(v) != "" {
		t.Errorf("with a host also %s", codes(v))
	}
}
