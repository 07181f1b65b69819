package rebuild

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
)

// The test binary is also the process that gets killed: with this variable set it
// builds as the Options in it say.
const childOptions = "YINGZAO_TEST_REBUILD"

func TestMain(m *testing.M) {
	text := os.Getenv(childOptions)
	if text == "" {
		goleak.VerifyTestMain(m)
		return
	}
	var o Options
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		panic(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if _, err := Build(ctx, Options{GOROOT: o.GOROOT, GOARCH: o.GOARCH, To: o.To, Work: o.Work, Environ: os.Environ()}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// goEnv is the official text, from the go command that runs the test.
func goEnv(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "go.env"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("this Go has no go.env to take the official text from")
	}
	if err != nil {
		t.Fatal(err)
	}
	official, ok := gosdk.RestoreGoEnv(text)
	if !ok {
		t.Skip("this Go's go.env is not the official one and cannot be restored")
	}
	return string(official)
}

// needBash skips, or fails where every tool is required.
func needBash(t testing.TB) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("refused on Windows")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatal(err)
		}
		t.Skip("no bash")
	}
}

// tree is a small Go for this machine. Its make.bash is the script, with the
// variable $DIST set to where it has to write.
func tree(t testing.TB, script string, change ...func(map[string]string)) string {
	t.Helper()
	files := map[string]string{
		"VERSION": "go1.26.8\ntime 2026-08-28T16:20:06Z\n",
		"go.env":  goEnv(t),
		"bin/go":  "#!/bin/sh\n",
		"pkg/tool/" + runtime.GOOS + "_" + runtime.GOARCH + "/compile": "of this machine",
		"pkg/include/textflag.h": "#define NOSPLIT 4\n",
		"src/go.mod":             "module std\n",
		"src/fmt/print.go":       "package fmt\n",
		"src/make.bash":          "set -e\nDIST=../pkg/distpack\nmkdir -p $DIST\n" + script,
		"lib/time/文.txt":         "名\n",
		"api/go1.txt":            "pkg a\n", "doc/x": "x", "misc/go.mod": "module misc\n", "test/a.go": "package test\n",
	}
	for _, c := range change {
		c(files)
	}
	dir := filepath.Join(t.TempDir(), "go")
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if strings.HasPrefix(name, "bin/") {
			mode = 0o755
		}
		if err := os.WriteFile(file, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const module = "v0.0.1-go1.26.8.linux-riscv64"

// packed is what the made-up build brings out: a real zip of these files, under
// the names that make.bash gives, in a folder to copy from.
func packed(t testing.TB, files map[string]string) (dir, h1 string) {
	t.Helper()
	dir = t.TempDir()
	f, err := os.Create(filepath.Join(dir, module+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	named := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		full := "golang.org/toolchain@" + module + "/" + name
		named[full] = files[name]
		w, err := z.Create(full)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		module + ".mod": "module golang.org/toolchain\n", module + ".info": `{"Version":"` + module + `"}`, "go1.26.8.linux-riscv64.tar.gz": "an archive",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h1, err = dirhash.Hash1(slices.Collect(maps.Keys(named)), func(name string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(named[name])), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, h1
}

// options builds riscv64 from the tree into a folder of its own.
func options(t testing.TB, goroot string) Options {
	t.Helper()
	return Options{GOROOT: goroot, GOARCH: "riscv64", To: filepath.Join(t.TempDir(), "out"), Work: filepath.Join(t.TempDir(), "work"), Environ: os.Environ()}
}

// empty fails unless the directory has nothing in it, or is not there.
func empty(t testing.TB, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}
