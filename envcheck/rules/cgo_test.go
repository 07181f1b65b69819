package rules

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestCGO(t *testing.T) { reproduceAll(t, cgoReproductions()) }

func cgoReproductions() []reproduction {
	return slices.Concat(cgoCompilerReproductions(), cgoTargetReproductions(), cgoLevelReproductions())
}

// program is a module with a main package of the given source.
func program(main string) map[string]string {
	return map[string]string{"go.mod": "module example.com/app\n\ngo 1.21\n", "main.go": main}
}

const (
	startedMain  = "package main\n\nfunc main() { println(\"started\") }\n"
	cgoMain      = "package main\n\nimport \"C\"\n\nfunc main() { println(\"started\") }\n"
	resolverMain = "package main\n\nimport \"net\"\n\nfunc main() {\n\t_, err := net.LookupHost(\"localhost\")\n\tprintln(err == nil)\n}\n"
)

// needs skips a test where a tool is absent, and fails it where tools are
// required.
func needs(t *testing.T, tool string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatalf("%s is required: %v", tool, err)
		}
		t.Skipf("no %s", tool)
	}
	return path
}

// compiler sets what gathering learns about the C compiler.
func compiler(cc, path, machine string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) { s.Cgo = envcheck.Cgo{CC: cc, Path: path, Machine: machine} }
}

// elsewhere adds settings of a file that go does not read.
func elsewhere(origin, file string, kv ...string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		for i, word := range kv {
			key, value, _ := strings.Cut(word, "=")
			s.Settings = append(s.Settings, envcheck.Setting{Key: key, Value: value, Place: envcheck.Place{Origin: origin, File: file, Line: i + 1}})
		}
	}
}

func messageHas(want string) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		t.Helper()
		if !strings.Contains(f.Message.EN, want) {
			t.Errorf("the message %q does not hold %q", f.Message.EN, want)
		}
	}
}

// fixIs looks at what --fix would do: KEY=value, or KEY for taking it away.
func fixIs(want string, safe bool) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		t.Helper()
		if f.Fix == nil || len(f.Fix.Changes) != 1 {
			t.Fatalf("no single change: %+v", f.Fix)
		}
		got := f.Fix.Changes[0].Key
		if f.Fix.Changes[0].Kind == envcheck.SetEnv {
			got += "=" + f.Fix.Changes[0].Value
		}
		if got != want || f.Fix.Safe != safe {
			t.Errorf("the fix is %s (safe %v), want %s (safe %v)", got, f.Fix.Safe, want, safe)
		}
	}
}

func cgoCompilerReproductions() []reproduction {
	return []reproduction{
		{code: "CGO001", name: "false means on", envFile: "CGO_ENABLED=false\n", prepare: func(t *testing.T, _ *world) { needs(t, "gcc") },
			run: []string{"env", "CGO_ENABLED"}, says: "1", finding: fixIs("CGO_ENABLED=0", false)},
		{code: "CGO001", name: "true does not ask for it", environ: map[string]string{"CGO_ENABLED": "true", "PATH": "{goroot}/bin"},
			run: []string{"env", "CGO_ENABLED"}, says: "0", finding: messageHas("CGO_ENABLED=true is ignored")},
		{code: "CGO001", name: "nonsense is taken away", envFile: "CGO_ENABLED=2\n", finding: fixIs("CGO_ENABLED", true)},
		{code: "CGO001", name: "in a Dockerfile", change: elsewhere(envcheck.FromDocker, "Dockerfile", "CGO_ENABLED=off"),
			finding: func(t *testing.T, f envcheck.Finding) {
				if f.Where.File != "Dockerfile" || f.Where.Line != 1 || f.Fix.Changes != nil {
					t.Errorf("%+v", f)
				}
			}},
		{code: "CGO001", clean: true, environ: map[string]string{"CGO_ENABLED": "0"}},
		{code: "CGO001", name: "put together", clean: true, change: elsewhere(envcheck.FromGitLab, ".gitlab-ci.yml", "CGO_ENABLED=$WITH_CGO")},
		{code: "CGO001", name: "empty sets nothing", clean: true, environ: map[string]string{"CGO_ENABLED": ""}},

		{code: "CGO002", name: "asked for", environ: map[string]string{"CGO_ENABLED": "1", "PATH": "{goroot}/bin"}, files: program(resolverMain),
			change: compiler("gcc", "", ""), run: []string{"build", "-o", "app", "."}, fails: true, says: `C compiler "gcc" not found`,
			finding: func(t *testing.T, f envcheck.Finding) {
				if f.Severity != envcheck.Error {
					t.Errorf("severity %s", f.Severity)
				}
			}},
		{code: "CGO002", name: "silently off", environ: map[string]string{"PATH": "{goroot}/bin"}, files: program(cgoMain), profile: "ci",
			change: compiler("gcc", "", ""), run: []string{"build", "-o", "app", "."}, fails: true, says: "build constraints exclude all Go files", finding: fixIs("CGO_ENABLED=0", false)},
		{code: "CGO002", name: "go itself says 0", environ: map[string]string{"PATH": "{goroot}/bin"}, change: compiler("gcc", "", ""),
			run: []string{"env", "CGO_ENABLED"}, says: "0", finding: func(t *testing.T, f envcheck.Finding) {
				if f.Severity != envcheck.Info {
					t.Errorf("severity %s on a desk", f.Severity)
				}
			}},
		{code: "CGO002", name: "pinned", clean: true, environ: map[string]string{"CGO_ENABLED": "0"}, change: compiler("gcc", "", "")},
		{code: "CGO002", name: "a compiler is there", clean: true, change: compiler("gcc", "/usr/bin/gcc", "")},
		{code: "CGO002", name: "cross builds have no cgo anyway", clean: true, environ: map[string]string{"GOARCH": "s390x"}, change: compiler("gcc", "", "")},

		{code: "CGO003", name: "the host's compiler", environ: map[string]string{"CGO_ENABLED": "1", "GOARCH": foreignArch}, files: program(cgoMain),
			prepare: func(t *testing.T, _ *world) { needs(t, "gcc") }, run: []string{"build", "-o", "app", "."}, fails: true, says: "# runtime/cgo", finding: messageHas("but the C compiler gcc builds for")},
		{code: "CGO003", name: "left over for the own architecture", environ: map[string]string{"CC": "loongarch64-unknown-linux-gnu-gcc-14"}, change: onAMD64,
			finding: messageHas("builds for loongarch64-unknown-linux-gnu-gcc")},
		{code: "CGO003", name: "zig for another system", environ: map[string]string{"CC": "zig cc -target x86_64-windows-gnu"}, change: onAMD64, finding: messageHas("x86_64-windows-gnu")},
		{code: "CGO003", name: "a wrapper that dumpmachine sees through", environ: map[string]string{"CC": "mycc", "CGO_ENABLED": "1", "GOARCH": "arm64"},
			change: func(t *testing.T, s *envcheck.Snapshot) {
				onAMD64(t, s)
				s.Cgo = envcheck.Cgo{CC: "mycc", Path: "/opt/bin/mycc", Machine: "x86_64-linux-gnu"}
			}, finding: messageHas("mycc builds for x86_64-linux-gnu")},
		{code: "CGO003", name: "the right cross compiler", clean: true, environ: map[string]string{"CGO_ENABLED": "1", "GOARCH": "arm64", "CC": "/opt/cross/bin/aarch64-linux-gnu-gcc"}, change: onAMD64},
		{code: "CGO003", name: "one compiler for both widths", clean: true, environ: map[string]string{"CGO_ENABLED": "1", "GOARCH": "386", "CC": "x86_64-linux-gnu-gcc"}, change: onAMD64},
		{code: "CGO003", name: "cgo is off", clean: true, environ: map[string]string{"GOARCH": "arm64", "CC": "gcc"}, change: onAMD64},
		{code: "CGO003", name: "arm's many names", clean: true, environ: map[string]string{"CGO_ENABLED": "1", "GOARCH": "arm", "CC": "arm-linux-gnueabihf-gcc"}, change: onAMD64},
	}
}

// foreignArch is an architecture that the tests do not run on.
var foreignArch = func() string {
	if hostArch == "arm64" {
		return "amd64"
	}
	return "arm64"
}()

// onAMD64 makes the machine one, so that recorded states mean the same anywhere.
func onAMD64(_ *testing.T, s *envcheck.Snapshot) {
	s.Machine.OS, s.Machine.Arch = "linux", "amd64"
	s.Gos = []envcheck.GoBinary{{Path: "/usr/local/go/bin/go", Version: "go1.26.8", OS: "linux", Arch: "amd64"}}
}

// exec runs a program of the world without the go command.
func (w *world) exec(t *testing.T, environ []string, argv ...string) (string, bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = w.dir, environ
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), err != nil
}

func (w *world) app() string { return filepath.Join(w.dir, "app") }
