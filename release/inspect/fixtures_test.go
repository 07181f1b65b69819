package inspect

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Fixtures are real programs, each built once in a test run, all stripped.

var fixtureDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "inspect-fixtures-")
	if err != nil {
		panic(err)
	}
	fixtureDir = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

type fixture struct {
	goos, goarch string
	env          []string          // added to the hermetic environment
	flags        []string          // added to go build
	files        map[string]string // nil: the hello program
	dir          string            // build here instead
	prepare      func(t *testing.T, dir string) (flags []string)
	ldflags      string // instead of "-s -w"
	keepPaths    bool   // no -trimpath
	vcs          bool
	needs        []string // programs without which it is skipped
}

var hello = map[string]string{
	"go.mod":  "module example.com/hello\n\ngo 1.24\n",
	"main.go": "package main\n\nfunc main() { println(\"hello\") }\n",
}

var withC = map[string]string{
	"go.mod":  hello["go.mod"],
	"main.go": "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\nfunc main() { println(C.abs(-1)) }\n",
}

var withLib = map[string]string{
	"go.mod":     "module example.com/hello\n\ngo 1.24\n\nrequire example.com/lib v1.2.3\n",
	"main.go":    "package main\n\nimport \"example.com/lib\"\n\nfunc main() { println(lib.Name) }\n",
	"lib/go.mod": "module example.com/lib\n\ngo 1.24\n",
	"lib/lib.go": "package lib\n\nconst Name = \"lib\"\n",
}

func with(base map[string]string, more ...string) map[string]string {
	m := map[string]string{}
	for k, v := range base {
		m[k] = v
	}
	for i := 0; i < len(more); i += 2 {
		m[more[i]] = more[i+1]
	}
	return m
}

var fixtures = map[string]fixture{
	"linux-amd64":      {goos: "linux", goarch: "amd64"},
	"linux-amd64-v3":   {goos: "linux", goarch: "amd64", env: []string{"GOAMD64=v3"}},
	"linux-arm64":      {goos: "linux", goarch: "arm64"},
	"linux-loong64":    {goos: "linux", goarch: "loong64"},
	"linux-amd64-v2":   {goos: "linux", goarch: "amd64", env: []string{"GOAMD64=v2"}},
	"linux-arm64-lse":  {goos: "linux", goarch: "arm64", env: []string{"GOARM64=v8.0,lse"}},
	"linux-arm64-v8.2": {goos: "linux", goarch: "arm64", env: []string{"GOARM64=v8.2"}},
	"small-arm64":      {goos: "linux", goarch: "arm64", ldflags: "-s -w -R 4096"}, // aligned as UPX and patchelf leave files
	"small-loong64":    {goos: "linux", goarch: "loong64", ldflags: "-s -w -R 4096"},
	"windows-amd64":    {goos: "windows", goarch: "amd64"},
	"darwin-arm64":     {goos: "darwin", goarch: "arm64"},
	"darwin-amd64":     {goos: "darwin", goarch: "amd64"},

	"unstripped-amd64":   {goos: "linux", goarch: "amd64", ldflags: " ", keepPaths: true},
	"unstripped-windows": {goos: "windows", goarch: "amd64", ldflags: " "},
	"unstripped-darwin":  {goos: "darwin", goarch: "arm64", ldflags: " "},

	"pie-amd64":   {goos: "linux", goarch: "amd64", flags: []string{"-buildmode=pie"}},
	"pie-loong64": {goos: "linux", goarch: "loong64", flags: []string{"-buildmode=pie"}},
	"sigset16":    {goos: "linux", goarch: "loong64", prepare: sigset16},
	"purego":      {goos: "linux", goarch: "amd64", dir: "testdata/purego"},

	"cgo":        {env: []string{"CGO_ENABLED=1"}, files: withC, needs: []string{"gcc"}},
	"cgo-static": {env: []string{"CGO_ENABLED=1"}, files: withC, ldflags: "-s -w -extldflags=-static", needs: []string{"gcc"}},

	"clean": {goos: "linux", goarch: "amd64", vcs: true, prepare: repository, needs: []string{"git"}},
	"dirty": {goos: "linux", goarch: "amd64", vcs: true, needs: []string{"git"}, prepare: func(t *testing.T, dir string) []string {
		repository(t, dir)
		return writeFiles(t, dir, map[string]string{"main.go": "package main\n\nfunc main() { println(\"dirty\") }\n"})
	}},
	"replaced": {goos: "linux", goarch: "amd64", files: with(withLib, "go.mod", withLib["go.mod"]+"\nreplace example.com/lib => ./lib\n")},
	"workspace": {goos: "linux", goarch: "amd64", files: with(withLib, "go.work", "go 1.24\n\nuse (\n\t.\n\t./lib\n)\n"),
		env: []string{"GOWORK="}},
	"vendored": {goos: "linux", goarch: "amd64", flags: []string{"-mod=vendor"}, files: with(withLib,
		"vendor/modules.txt", "# example.com/lib v1.2.3\n## explicit; go 1.24\nexample.com/lib\n",
		"vendor/example.com/lib/lib.go", withLib["lib/lib.go"])},
}

var built sync.Map // name → func() ([]byte, error)

// program returns the bytes of a fixture, building it when it is the first to
// ask.
func program(t testing.TB, name string) []byte {
	t.Helper()
	fx, ok := fixtures[name]
	if !ok {
		t.Fatalf("no fixture %q", name)
	}
	for _, tool := range fx.needs {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("YINGZAO_E2E") == "require" {
				t.Fatalf("%s is required", tool)
			}
			t.Skipf("needs %s", tool)
		}
	}
	if fx.goos == "" && runtime.GOOS != "linux" { // no cross compiler for C
		t.Skip("cgo fixtures are Linux programs")
	}
	tt, _ := t.(*testing.T) // nil in a benchmark, whose fixtures need no preparation
	once, _ := built.LoadOrStore(name, sync.OnceValues(func() ([]byte, error) { return build(tt, name, fx) }))
	data, err := once.(func() ([]byte, error))()
	if err != nil {
		t.Fatalf("build %s: %v", name, err)
	}
	return data
}

func build(t *testing.T, name string, fx fixture) ([]byte, error) {
	dir, out := fx.dir, filepath.Join(fixtureDir, name+".out")
	if dir == "" {
		dir = filepath.Join(fixtureDir, name)
		files := fx.files
		if files == nil {
			files = hello
		}
		for path, text := range files {
			if err := writeFile(filepath.Join(dir, path), text); err != nil {
				return nil, err
			}
		}
	}
	args := []string{"build", "-o", out, "-ldflags", "-s -w"}
	if fx.ldflags != "" {
		args[4] = fx.ldflags
	}
	if !fx.keepPaths {
		args = append(args, "-trimpath")
	}
	args = append(args, "-buildvcs="+map[bool]string{true: "true", false: "false"}[fx.vcs])
	args = append(args, fx.flags...)
	if fx.prepare != nil {
		args = append(args, fx.prepare(t, dir)...)
	}
	cmd := exec.Command("go", append(args, ".")...)
	cmd.Dir = dir
	cmd.Env = append(clean(os.Environ()), "GOTOOLCHAIN=local", "GOWORK=off", "CGO_ENABLED=0", "GOOS="+fx.goos, "GOARCH="+fx.goarch)
	if fx.dir == "" {
		cmd.Env = append(cmd.Env, "GOENV=off", "GOFLAGS=", "GOPROXY=off")
	} else { // inside this module, whose dependencies may have to be fetched
		cmd.Env = append(cmd.Env, "GOFLAGS=-mod=readonly")
	}
	cmd.Env = append(cmd.Env, fx.env...)
	if msg, err := cmd.CombinedOutput(); err != nil {
		return nil, &buildError{err, msg}
	}
	return os.ReadFile(out)
}

type buildError struct {
	err error
	out []byte
}

func (e *buildError) Error() string { return e.err.Error() + "\n" + string(e.out) }

// clean drops what would change the fixtures and keeps caches and proxies.
func clean(env []string) (kept []string) {
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "GOFLAGS", "GOEXPERIMENT", "GOAMD64", "GOARM64", "GODEBUG", "GOFIPS140", "CGO_CFLAGS", "CGO_LDFLAGS", "CC":
		default:
			kept = append(kept, kv)
		}
	}
	return kept
}

func writeFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o666)
}

func writeFiles(t *testing.T, dir string, files map[string]string) []string {
	t.Helper()
	for path, text := range files {
		if err := writeFile(filepath.Join(dir, path), text); err != nil {
			t.Fatal(err)
		}
	}
	return nil
}

// repository makes dir a git repository with everything committed.
func repository(t *testing.T, dir string) []string {
	t.Helper()
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"commit", "-q", "-m", "all"}} {
		cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return nil
}

// sigset16 makes a stand-in for a program of Loongson's ABI1.0 Go: the
// runtime's signal set is as large as on the old world.
func sigset16(t *testing.T, dir string) []string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	original := filepath.Join(strings.TrimSpace(string(root)), "src", "runtime", "os_linux_generic.go")
	src, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	patched := bytes.Replace(src, []byte("type sigset [2]uint32"), []byte("type sigset [4]uint32"), 1)
	patched = bytes.Replace(patched, []byte("sigset{^uint32(0), ^uint32(0)}"), []byte("sigset{^uint32(0), ^uint32(0), ^uint32(0), ^uint32(0)}"), 1)
	if len(patched) != len(src)+len(", ^uint32(0), ^uint32(0)") {
		t.Fatal("this Go's runtime declares its signal set otherwise: adapt the fixture")
	}
	replacement, overlay := filepath.Join(dir, "overlay", "os_linux_generic.txt"), filepath.Join(dir, "overlay", "overlay.json")
	writeFiles(t, dir, map[string]string{
		"overlay/os_linux_generic.txt": string(patched),
		"overlay/overlay.json":         `{"Replace":{"` + filepath.ToSlash(original) + `":"` + filepath.ToSlash(replacement) + `"}}`,
	})
	return []string{"-overlay=" + overlay}
}

// facts reads a fixture.
func facts(t testing.TB, name string) *Facts {
	t.Helper()
	return factsOf(t, program(t, name))
}

func factsOf(t testing.TB, b []byte) *Facts {
	t.Helper()
	f, err := Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}
