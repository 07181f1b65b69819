package rules

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// The flags of two processors, cut down to those that count.
var (
	zhaoxinFlags = strings.Fields("cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3 aes")
	hygonFlags   = strings.Fields("abm avx avx2 bmi1 bmi2 cx16 f16c fma lahf_lm movbe pni popcnt sse4_1 sse4_2 ssse3")
)

func onCPU(arch, model string, flags []string) func(*testing.T, *envcheck.Snapshot) {
	return func(t *testing.T, s *envcheck.Snapshot) {
		onAMD64(t, s)
		s.Machine.Arch, s.Gos[0].Arch = arch, arch
		s.Machine.CPU, s.Machine.CPUFlags = model, flags
	}
}

func cgoLevelReproductions() []reproduction {
	zhaoxin, hygon, phytium := onCPU("amd64", "ZHAOXIN KaiXian KX-U6780A", zhaoxinFlags), onCPU("amd64", "Hygon C86 7285", hygonFlags), onCPU("arm64", "Phytium FT-2000+/64", strings.Fields("aes fp asimd pmull sha1 sha2"))
	return []reproduction{
		{code: "CGO011", name: "v3 on Zhaoxin", envFile: "GOAMD64=v3\n", environ: map[string]string{"GOARCH": "amd64", "GOOS": "linux"}, files: program(startedMain), change: zhaoxin,
			run: []string{"build", "-o", "app", "."}, verify: func(t *testing.T, w *world, _ string) {
				refuses(t, w, "qemu-x86_64-static", "Nehalem", "This program can only be run on AMD64 processors with v3 microarchitecture support")
			}, finding: messageHas("does not have abm avx avx2")},
		{code: "CGO011", name: "v4 on Hygon", envFile: "GOAMD64=v4\n", change: hygon, finding: messageHas("(Hygon C86 7285) does not have avx512bw")},
		{code: "CGO011", name: "LSE on FT-2000+", environ: map[string]string{"GOARM64": "v8.0,lse"}, change: phytium, finding: messageHas("does not have atomics")},
		{code: "CGO011", name: "v3 on Hygon", clean: true, envFile: "GOAMD64=v3\n", change: hygon},
		{code: "CGO011", name: "v2 on Zhaoxin", clean: true, envFile: "GOAMD64=v2\n", change: zhaoxin},
		{code: "CGO011", name: "for another architecture", clean: true, environ: map[string]string{"GOARCH": "amd64", "GOAMD64": "v4"}, change: phytium},
		{code: "CGO011", name: "crypto on FT-2000+", clean: true, environ: map[string]string{"GOARM64": "v8.0,crypto"}, change: phytium},
		{code: "CGO011", name: "flags not known", clean: true, envFile: "GOAMD64=v4\n", change: onCPU("amd64", "", nil)},

		{code: "CGO013", envFile: "GOAMD64=v3\n", environ: map[string]string{"GOARCH": "amd64"}, files: program(startedMain), change: hygon,
			run: []string{"build", "-o", "app", "."}, verify: func(t *testing.T, w *world, _ string) {
				if out, _ := w.runGo(t, "version", "-m", "app"); !strings.Contains(out, "GOAMD64=v3") {
					t.Errorf("the program does not have the level: %s", out)
				}
			}, finding: fixIs("GOAMD64", false)},
		{code: "CGO013", name: "in a shell start file", change: elsewhere(envcheck.FromShell, "/home/dev/.zshrc", "GOARM64=v8.1"), finding: messageHas("GOARM64=v8.1 applies")},
		{code: "CGO013", name: "for one release", clean: true, change: elsewhere(envcheck.FromGitLab, ".gitlab-ci.yml", "GOAMD64=v3")},
		{code: "CGO013", name: "the default", clean: true, envFile: "GOAMD64=v1\nGOARM64=v8.0\n"},
		{code: "CGO013", name: "one that does not run here", clean: true, envFile: "GOAMD64=v3\n", change: zhaoxin},

		{code: "CGO014", name: "built for v1 without a word", envFile: "GOAMD64=v9\n", environ: map[string]string{"GOARCH": "amd64"}, files: program(startedMain),
			run: []string{"build", "-o", "app", "."}, silent: "invalid", verify: func(t *testing.T, w *world, _ string) {
				if out, _ := w.runGo(t, "version", "-m", "app"); !strings.Contains(out, "GOAMD64=v9") {
					t.Errorf("the build information does not claim it: %s", out)
				}
			}, finding: fixIs("GOAMD64", true)},
		{code: "CGO014", name: "GOARM64", environ: map[string]string{"GOARCH": "arm64", "GOARM64": "armv8"}, files: program(startedMain),
			run: []string{"build", "."}, fails: true, says: "invalid GOARM64", finding: messageHas("GOARM64=armv8 is no level")},
		{code: "CGO014", name: "the v forgotten", envFile: "GOAMD64=3\n", finding: fixIs("GOAMD64=v3", false)},
		{code: "CGO014", name: "the compiler's word", envFile: "GOAMD64=x86-64-v2\n", finding: fixIs("GOAMD64=v2", false)},
		{code: "CGO014", name: "GOARM as the kernel has it", envFile: "GOARM=v7\n", finding: fixIs("GOARM=7", false)},
		{code: "CGO014", clean: true, envFile: "GOAMD64=v2\nGOARM=6,softfloat\nGOARM64=v8.2,lse,crypto\n"},
	}
}

// refuses starts the program on a processor that qemu plays.
func refuses(t *testing.T, w *world, qemu, cpu, want string) {
	t.Helper()
	out, failed := w.exec(t, nil, needs(t, qemu), "-cpu", cpu, w.app())
	if !failed || !strings.Contains(out, want) {
		t.Errorf("on %s it says %q", cpu, out)
	}
	if out, failed := w.exec(t, nil, needs(t, qemu), "-cpu", "max", w.app()); failed || !strings.Contains(out, "started") {
		t.Errorf("where the level is there it says %q", out)
	}
}

// TestLevelsAreGos holds validLevel against the only level that the go command
// itself checks.
func TestLevelsAreGos(t *testing.T) {
	for _, level := range []string{"v8.0", "v8.9", "v9.0", "v9.5", "v9.6", "v7.0", "v8", "8.0", "v8.0,lse", "v8.0,crypto,lse", "v8.0,lse,lse", "v8.1,", "v8.x", "V8.0", "v10.0", ",lse"} {
		cmd := exec.Command("go", "env", "GOARM64")
		cmd.Env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "GO") }), "GOTOOLCHAIN=local", "GOENV=off", "GOARCH=arm64", "GOARM64="+level)
		out, err := cmd.CombinedOutput()
		if theirs := err == nil; theirs != validLevel("GOARM64", level) {
			t.Errorf("GOARM64=%s: valid is %v, the go command says %v: %s", level, validLevel("GOARM64", level), theirs, out)
		}
	}
	for _, key := range []string{"GO386", "GOMIPS"} {
		if !validLevel(key, "softfloat") {
			t.Errorf("%s is judged", key)
		}
	}
}
