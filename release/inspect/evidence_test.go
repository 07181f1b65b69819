package inspect

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/yingzao-dev/yingzao/internal/loongarch"
)

// TestEvidence runs programs on emulated processors and page sizes, and holds what
// happened against what the rules say of a machine like that: where they say yes
// it has to run, where they say no it must not. -v prints the tables.
func TestEvidence(t *testing.T) {
	for _, tool := range []string{"qemu-aarch64-static", "qemu-loongarch64-static", "qemu-x86_64-static"} {
		if _, err := exec.LookPath(tool); err != nil && os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatalf("%s is required", tool)
		} else if err != nil {
			t.Skipf("needs %s", tool)
		}
	}
	t.Run("worlds", evidenceWorlds)
	t.Run("processors and pages", evidenceMachines)
}

// onDisk is whether qemu-user would find a loader: it looks where we do.
func onDisk(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Every kind of LoongArch file, as built and as tools leave it. The emulator is a
// new-world kernel with pages of 16 KiB and no loader; the other columns are
// machines that were not at hand.
func evidenceWorlds(t *testing.T) {
	here := Machine{OS: "linux", Arch: "loong64", PageSize: 16 << 10, KernelWorld: NewWorld, TreeWorld: UnknownWorld, Has: onDisk}
	machine := func(kernel, tree string) Machine {
		return Machine{OS: "linux", Arch: "loong64", PageSize: 16 << 10, KernelWorld: kernel, TreeWorld: tree, Has: func(path string) bool {
			return tree == BothWorlds || interpWorld(path) == tree
		}}
	}
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "program\tworld\tsigset\te_flags\tstatic\tnew world\told world\tnew kernel, both trees\tran on new\trules")
	for _, tc := range []struct {
		name                 string
		b                    []byte
		world                string
		static               bool
		onNew, onOld, onBoth string
		ran                  string // "" where nothing is expected of what is no Go program
	}{
		{"upstream Go", program(t, "linux-loong64"), NewWorld, true, "yes", "no", "yes", "ok"},
		{"upstream Go, e_flags patched to 0x3", patched(program(t, "linux-loong64"), eFlagsAt, 0x3), ConflictWorld, true, "yes", "no", "yes", "ok"},
		{"sigset of 16", patched(program(t, "sigset16"), eFlagsAt, 0x3), OldWorld, true, "no", "yes", "no", "SIGSEGV"},
		{"sigset of 16, e_flags left at 0x43", program(t, "sigset16"), ConflictWorld, true, "no", "yes", "no", "SIGSEGV"},
		{"static, not Go: the probe", loongarch.Probe(8, 16), UnknownWorld, true, "unknown", "unknown", "unknown", "ok"},
		{"PIE of Go", program(t, "pie-loong64"), NewWorld, false, "yes", "no", "yes", "no loader"},
		{"dynamic, new world", dynamicELF(newLoader, 0x43), NewWorld, false, "yes", "no", "yes", "no loader"},
		{"dynamic, old world", dynamicELF(oldLoader, 0x3), OldWorld, false, "no", "yes", "yes", "no loader"},
		{"dynamic, musl", dynamicELF("/lib/ld-musl-loongarch64.so.1", 0x43), NewWorld, false, "yes", "no", "yes", "no loader"},
		{"aligned to 4 KiB", program(t, "small-loong64"), NewWorld, true, "no", "no", "no", "SIGSEGV"},
		{"for arm64", program(t, "linux-arm64"), "", true, "no", "no", "no", "exit 255"},
	} {
		f := factsOf(t, tc.b)
		judge := func(m Machine) string { v := Judge(f, Policy{Host: &m}); return v.Runs() }
		v := Judge(f, Policy{Host: &here})
		ran := run(t, tc.b, "qemu-loongarch64-static")
		got := []string{f.World, fmt.Sprint(f.Static()), judge(machine(NewWorld, NewWorld)), judge(machine(OldWorld, OldWorld)), judge(machine(NewWorld, BothWorlds)), ran}
		want := []string{tc.world, fmt.Sprint(tc.static), tc.onNew, tc.onOld, tc.onBoth, tc.ran}
		fmt.Fprintf(w, "%s\t%s\t%d\t%#x\t%s\t%s\t%s\t%s\t%s\t%s\n", tc.name, got[0], f.Sigset, f.EFlags, got[1], got[2], got[3], got[4], ran, codes(v))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", tc.name, got, want)
		}
		agree(t, tc.name, v, ran)
	}
	w.Flush()
	t.Logf("\n%s", &out)
}

// The processors have the levels that the kernel's list of their features gives.
func evidenceMachines(t *testing.T) {
	level := func(arch, recorded string) string {
		a, err := txtar.ParseFile(filepath.Join("..", "..", "internal", "loongarch", "testdata", "machines", recorded+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if f.Name == "proc/cpuinfo" {
				return loongarch.ParseCPU(arch, f.Data).Level
			}
		}
		t.Fatalf("%s has no cpuinfo", recorded)
		return ""
	}
	a72, a76 := level("arm64", "kylin-kunpeng916"), level("arm64", "debian-cortex-a76")
	nehalem, dhyana := level("amd64", "alpine-nehalem"), level("amd64", "uos-hygon")
	type cpu struct{ qemu, model, level string }
	rows := []struct {
		fixture string
		on      cpu
		pages   int // 0: 4 KiB and not said to the emulator
		ran     string
	}{
		{"linux-arm64", cpu{"aarch64", "cortex-a72", a72}, 0, "ok"},
		{"linux-arm64-lse", cpu{"aarch64", "cortex-a72", a72}, 0, "SIGILL"},
		{"linux-arm64-v8.2", cpu{"aarch64", "cortex-a72", a72}, 0, "SIGILL"},
		{"linux-arm64", cpu{"aarch64", "cortex-a76", a76}, 0, "ok"},
		{"linux-arm64-lse", cpu{"aarch64", "cortex-a76", a76}, 0, "ok"},
		{"linux-arm64-v8.2", cpu{"aarch64", "cortex-a76", a76}, 0, "ok"},
		{"linux-amd64", cpu{"x86_64", "Nehalem", nehalem}, 0, "ok"},
		{"linux-amd64-v2", cpu{"x86_64", "Nehalem", nehalem}, 0, "ok"},
		{"linux-amd64-v3", cpu{"x86_64", "Nehalem", nehalem}, 0, "exit 1"},
		{"linux-amd64", cpu{"x86_64", "Dhyana", dhyana}, 0, "ok"},
		{"linux-amd64-v2", cpu{"x86_64", "Dhyana", dhyana}, 0, "ok"},
		{"linux-amd64-v3", cpu{"x86_64", "Dhyana", dhyana}, 0, "ok"},
		{"linux-arm64", cpu{"aarch64", "cortex-a72", a72}, 4 << 10, "ok"},
		{"linux-arm64", cpu{"aarch64", "cortex-a72", a72}, 16 << 10, "ok"},
		{"linux-arm64", cpu{"aarch64", "cortex-a72", a72}, 64 << 10, "ok"},
		{"small-arm64", cpu{"aarch64", "cortex-a72", a72}, 4 << 10, "ok"},
		{"small-arm64", cpu{"aarch64", "cortex-a72", a72}, 64 << 10, "ok"}, // see lenient
		{"linux-loong64", cpu{qemu: "loongarch64"}, 16 << 10, "ok"},
		{"linux-loong64", cpu{qemu: "loongarch64"}, 64 << 10, "ok"},
		{"small-loong64", cpu{qemu: "loongarch64"}, 16 << 10, "SIGSEGV"},
		{"small-loong64", cpu{qemu: "loongarch64"}, 64 << 10, "SIGSEGV"},
	}
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "program\tlevel\talignment\tprocessor\tits level\tpages\tran\tjudged\trules")
	for _, tc := range rows {
		b := program(t, tc.fixture)
		f := factsOf(t, b)
		m := Machine{OS: "linux", Arch: f.Arch, Level: tc.on.level, PageSize: max(tc.pages, 4<<10), KernelWorld: NewWorld, TreeWorld: NewWorld}
		args := []string{"qemu-" + tc.on.qemu + "-static"}
		if tc.on.model != "" {
			args = append(args, "-cpu", tc.on.model)
		}
		if tc.pages != 0 {
			args = append(args, "-p", fmt.Sprint(tc.pages))
		}
		v, ran := Judge(f, Policy{Host: &m}), run(t, b, args...)
		fmt.Fprintf(w, "%s\t%s\t%dK\t%s\t%s\t%dK\t%s\t%s\t%s\n", tc.fixture, f.Level, f.Align>>10, tc.on.model, tc.on.level, m.PageSize>>10, ran, v.Runs(), codes(v))
		if ran != tc.ran {
			t.Errorf("%s on %+v, pages of %d: %s, want %s", tc.fixture, tc.on, tc.pages, ran, tc.ran)
		}
		// qemu-aarch64 runs on a kernel with pages of 4 KiB and maps in those whatever
		// -p says; a kernel with pages of 64 KiB could not (ELF specification: offset
		// and address are congruent modulo the page size).
		if lenient := tc.fixture == "small-arm64" && tc.pages == 64<<10; lenient {
			if v.Runs() != RunsNo {
				t.Errorf("%s, pages of 64 KiB: %s", tc.fixture, v.Runs())
			}
			continue
		}
		agree(t, tc.fixture, v, ran)
	}
	w.Flush()
	t.Logf("\n%s", &out)
}

func agree(t *testing.T, name string, v Verdict, ran string) {
	t.Helper()
	if judged := v.Runs(); judged == RunsYes && ran != "ok" || judged == RunsNo && ran == "ok" {
		t.Errorf("%s: judged %s (%s), it ran: %s", name, judged, codes(v), ran)
	}
}

// run starts a program under an emulator and says how it ended in a word or two.
func run(t *testing.T, b []byte, emulator ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(file, b, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), emulator[0], append(emulator[1:], file)...)
	cmd.Dir = t.TempDir() // where qemu may leave a core
	var talk strings.Builder
	cmd.Stderr = &talk
	err := cmd.Run()
	exit := (*exec.ExitError)(nil)
	switch {
	case err == nil:
		return "ok"
	case !errors.As(err, &exit):
		t.Fatal(err)
	case strings.Contains(talk.String(), "Could not open '/lib"):
		return "no loader"
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return map[syscall.Signal]string{syscall.SIGILL: "SIGILL", syscall.SIGSEGV: "SIGSEGV"}[status.Signal()]
	}
	if exit.ExitCode() == 1 && !strings.Contains(talk.String(), "can only be run on AMD64 processors with v3") {
		t.Errorf("it ended with 1 for another reason: %s", &talk)
	}
	return fmt.Sprintf("exit %d", exit.ExitCode())
}
