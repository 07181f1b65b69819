package loongarch

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

// recorded reads testdata/machines/NAME.txtar: files of a tree, and above them what
// uname says, the page size, and either what the probe exits with or the emulator.
// CPU features are those published for the processor of that name.
func recorded(t *testing.T, name string) (machine, string) {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", "machines", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range a.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, f.Data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	words := strings.Fields(string(a.Comment))
	m := machine{os: "linux", name: words[0], release: words[1], pageSize: atoi(t, words[2]), exe: "/opt/yingzao", realExe: "/opt/yingzao"}
	m.run = func(context.Context, []byte) (int, error) {
		t.Errorf("%s: the probe was run", name)
		return 0, nil
	}
	switch words = words[3:]; {
	case len(words) == 2 && words[0] == "probe":
		m.run = func(_ context.Context, program []byte) (int, error) {
			if string(program) != string(Probe(8, 16)) {
				t.Errorf("%s: another program was run", name)
			}
			return atoi(t, words[1]), nil
		}
	case len(words) == 2 && words[0] == "emulator":
		m.realExe = words[1]
	}
	return m, dir
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRecordedMachines(t *testing.T) {
	for _, tc := range []struct {
		name, arch, cpu, level, glibc string
		kernel, tree                  World
	}{
		{"kylin-ft2000plus", "arm64", "ft2000plus", "v8.0", "2.28", "", ""},
		{"kylin-kunpeng916", "arm64", "kunpeng916", "v8.0,crypto", "2.28", "", ""},
		{"openeuler-kunpeng920", "arm64", "kunpeng920", "v8.2,crypto", "2.34", "", ""},
		{"debian-cortex-a76", "arm64", "", "v8.2,crypto", "2.36", "", ""},
		{"uos-hybrid", "arm64", "", "v8.0,crypto", "", "", ""}, // made up: the great cores alone have LSE
		{"uos-hygon", "amd64", "hygon-c86", "v3", "2.28", "", ""},
		{"kylin-lujiazui", "amd64", "zhaoxin-lujiazui", "v2", "2.31", "", ""}, // AVX, but neither AVX2 nor FMA
		{"kylin-yongfeng", "amd64", "zhaoxin-yongfeng", "v3", "2.31", "", ""},
		{"alpine-nehalem", "amd64", "", "v2", "", "", ""},
		{"kylin-old-world", "loong64", "loongson", "", "2.28", Old, Old},
		{"kylin-new-world", "loong64", "loongson", "", "2.38", New, New},
		{"old-container-on-new-kernel", "loong64", "loongson", "", "2.28", New, Old},
		{"liblol", "loong64", "loongson", "", "2.40", New, Both},
		{"emulated", "loong64", "", "", "", Unknown, New},
		{"neither-size", "loong64", "loongson", "", "", Unknown, New},
	} {
		m, dir := recorded(t, tc.name)
		r, err := m.host(t.Context(), HostOptions{Root: dir})
		if err != nil {
			t.Fatal(err)
		}
		if r.Arch != tc.arch || r.CPU.Name != tc.cpu || r.CPU.Level != tc.level || r.Glibc != tc.glibc || r.System.ID == "" || r.System.Name == "" || r.PageSize != m.pageSize {
			t.Errorf("%s: %+v", tc.name, r)
		}
		if r.CPU.Model == "" && r.Emulated == "no" {
			t.Errorf("%s: nothing to show of the processor", tc.name)
		}
		var kernel, tree World
		if r.KernelWorld != nil {
			kernel, tree = r.KernelWorld.World, r.TreeWorld.World
			t.Logf("%-28s kernel %-8s %s; tree %-5s %s", tc.name, kernel, r.KernelWorld.By, tree, r.TreeWorld.By)
		}
		if kernel != tc.kernel || tree != tc.tree {
			t.Errorf("%s: kernel world %q, tree world %q", tc.name, kernel, tree)
		}
		// The level that the table of processors promises has to run on what the
		// kernel shows of one.
		if known, ok := inspect.FindCPU(tc.cpu); tc.cpu != "" && (!ok || !(inspect.CPU{Arch: r.Arch, Level: r.CPU.Level}).Runs(known.Arch, known.Level)) {
			t.Errorf("%s: the table says %+v, the kernel %q", tc.name, known, r.CPU.Level)
		}
	}
}

func TestHostHas(t *testing.T) {
	m, dir := recorded(t, "kylin-old-world")
	if err := os.Symlink("nowhere", filepath.Join(dir, "lib64", "ld-dangling.so")); err != nil {
		t.Skip(err)
	}
	r, err := m.host(t.Context(), HostOptions{Root: dir})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		"/lib64/ld.so.1": true, "lib64/ld.so.1": true, "/lib64/../lib64//ld.so.1": true, "/lib64/ld-dangling.so": true,
		"/lib64/ld-linux-loongarch-lp64d.so.1": false, "/../../../../../../etc/passwd": false, "": false,
	} {
		if r.Has(path) != want {
			t.Errorf("Has(%q) is %t", path, !want)
		}
	}
}

// A tree cannot make us read outside of it, nor wait.
func TestHostileTree(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("ID=secret\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "etc"), 0o755), os.Symlink(secret, filepath.Join(dir, "etc", "os-release"))); err != nil {
		t.Skip(err)
	}
	r, err := machine{os: "linux", name: "riscv64"}.host(t.Context(), HostOptions{Root: dir})
	if err != nil || r.System != (System{}) || r.CPU != (CPU{}) || r.Emulated != "unknown" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestProbeThatCannotRun(t *testing.T) {
	for _, tc := range []struct {
		code int
		err  error
		want string
	}{
		{0, &os.PathError{Op: "fork/exec", Path: "/proc/self/fd/7", Err: os.ErrPermission}, "permission denied"},
		{0, exec.ErrNotFound, "could not run"},
		{126, nil, "ended with 126"},
		{20, nil, "neither 8 nor 16"},
	} {
		m, dir := recorded(t, "kylin-old-world")
		m.run = func(context.Context, []byte) (int, error) { return tc.code, tc.err }
		r, err := m.host(t.Context(), HostOptions{Root: dir})
		if err != nil || r.KernelWorld.World != Unknown || !strings.Contains(r.KernelWorld.By, tc.want) {
			t.Errorf("%+v: %+v, %v", tc, r.KernelWorld, err)
		}
	}
	m, dir := recorded(t, "kylin-old-world")
	m.exe, m.realExe = "", "" // no /proc
	m.run = func(context.Context, []byte) (int, error) { t.Error("run"); return 0, nil }
	if r, err := m.host(t.Context(), HostOptions{Root: dir}); err != nil || r.KernelWorld.World != Unknown || r.Emulated != "unknown" {
		t.Errorf("%+v, %v", r.KernelWorld, err)
	}
}

func TestHostErrors(t *testing.T) {
	if _, err := Host(t.Context(), HostOptions{Root: filepath.Join(t.TempDir(), "missing")}); msg.KindOf(err) != msg.Usage {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Host(ctx, HostOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// This very machine: whatever it is, the answer has to be whole, and quick.
func TestThisMachine(t *testing.T) {
	best := time.Hour
	var r HostReport
	for range 3 {
		start := time.Now()
		var err error
		if r, err = Host(t.Context(), HostOptions{}); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	t.Logf("%v: %+v", best, r)
	if r.OS != runtime.GOOS || r.PageSize < 4096 || best > 2*time.Second {
		t.Errorf("%+v in %v", r, best)
	}
	if runtime.GOOS == "linux" && (r.Machine == "" || r.Kernel == "") {
		t.Errorf("%+v", r)
	}
	if (r.Arch == "loong64") != (r.KernelWorld != nil) {
		t.Errorf("a world on %s: %+v", r.Arch, r.KernelWorld)
	}
}

// exit10 is a native program that does nothing but exit with 10.
func exit10() []byte {
	switch runtime.GOARCH {
	case "amd64": // mov edi, 10; mov eax, 60; syscall
		b := elf([]uint32{0x00000abf, 0x003cb800, 0x050f0000})
		binary.LittleEndian.PutUint16(b[18:], 62)
		return b
	case "arm64": // mov x0, 10; mov x8, 93; svc 0
		b := elf([]uint32{0xd2800140, 0xd2800ba8, 0xd4000001})
		binary.LittleEndian.PutUint16(b[18:], 183)
		return b
	}
	return nil
}

func TestRunProgram(t *testing.T) {
	run := thisMachine().run
	if runtime.GOOS == "linux" && exit10() != nil {
		if code, err := run(t.Context(), exit10()); code != 10 || err != nil {
			t.Errorf("a native program: %d, %v", code, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := run(ctx, exit10()); err == nil {
			t.Error("a context that is done does not count")
		}
	}
	if code, err := run(t.Context(), []byte("\x7fELF that ends early")); err == nil {
		t.Errorf("no program: %d", code)
	}
}

// Under qemu-user the host has to see through it, on each architecture.
func TestUnderEmulation(t *testing.T) {
	for goarch, qemu := range map[string]string{"loong64": "qemu-loongarch64-static", "arm64": "qemu-aarch64-static", "amd64": "qemu-x86_64-static"} {
		t.Run(goarch, func(t *testing.T) {
			path := needs(t, qemu)
			program := filepath.Join(t.TempDir(), "report")
			build := exec.Command("go", "build", "-o", program, "./testdata/report")
			build.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+goarch, "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false", "GOTOOLCHAIN=local")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			out, err := exec.Command(path, program).Output()
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s", out)
			var r HostReport
			if err := json.Unmarshal(out, &r); err != nil {
				t.Fatal(err)
			}
			if r.Arch != goarch || r.Emulated != "yes" || filepath.Base(r.Emulator) != qemu || r.CPU != (CPU{}) {
				t.Errorf("%+v", r)
			}
			if goarch == "loong64" && (r.KernelWorld.World != Unknown || !strings.Contains(r.KernelWorld.By, qemu)) {
				t.Errorf("%+v", r.KernelWorld)
			}
		})
	}
}

func TestReadFileTakesOnlyFiles(t *testing.T) {
	files := fstest.MapFS{"dir/x": {Data: []byte("0123456789")}}
	if b := readFile(files, "dir", 100); b != nil {
		t.Errorf("a folder: %q", b)
	}
	if b := readFile(files, "dir/x", 4); string(b) != "0123" {
		t.Errorf("beyond the limit: %q", b)
	}
}

func FuzzCPU(f *testing.F) {
	names, err := filepath.Glob("testdata/machines/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, arch := range []string{"amd64", "arm64", "loong64", "riscv64"} {
			if c := ParseCPU(arch, b); c.Level != "" && !(inspect.CPU{Arch: arch, Level: c.Level}).Runs(arch, c.Level) {
				t.Errorf("level %q is none of %s", c.Level, arch)
			}
		}
	})
}
