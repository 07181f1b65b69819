package rebuild

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"go.uber.org/goleak"
	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// needs skips a test whose tools are absent.
func needs(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("YINGZAO_E2E") == "require" {
				t.Fatal(err)
			}
			t.Skipf("there is no %s here", tool)
		}
	}
}

var goEnv = sync.OnceValue(func() map[string]string {
	values := map[string]string{}
	out, err := exec.Command("go", "env", "-json", "GOCACHE", "GOROOT", "GOVERSION").Output()
	if err == nil {
		err = json.Unmarshal(out, &values)
	}
	if err != nil {
		panic(err)
	}
	return values
})

// environ is this process's environment without the machine's go settings, with a
// proxy of our own and the machine's build cache.
func environ(t *testing.T, extra ...string) []string {
	t.Helper()
	var env []string
	for _, kv := range os.Environ() {
		if k, _, _ := strings.Cut(kv, "="); !strings.HasPrefix(k, "GO") && !strings.HasPrefix(k, "CI") && k != "HOME" {
			env = append(env, kv)
		}
	}
	return append(append(env, "HOME="+mirrortest.Home(t), "GOENV=off", "GOTOOLCHAIN=local", "GOFLAGS=-modcacherw", "GOPROXY=file://"+filepath.ToSlash(fileProxy(t)),
		"GONOSUMDB=example.cn", "GOMODCACHE="+t.TempDir(), "GOCACHE="+goEnv()["GOCACHE"], "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.cn", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.cn",
		"GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z"), extra...)
}

type files map[string]string

func (f files) write(t *testing.T, dir string) {
	t.Helper()
	for name, text := range f {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// hello is a program with a dependency, a tag and a variable that the linker sets.
var hello = files{
	"go.mod":  "module example.cn/hello\n\ngo 1.24\n\nrequire example.cn/dep v1.0.0\n",
	"main.go": "package main\n\nimport \"example.cn/dep\"\n\nvar version = \"none\"\n\nfunc main() { println(version, dep.Name(), which) }\n",
	"a.go":    "//go:build !special\n\npackage main\n\nconst which = \"plain\"\n",
	"b.go":    "//go:build special\n\npackage main\n\nconst which = \"special\"\n",
	"LICENSE": "none\n",
}

// serve puts a module into a proxy folder.
func serve(t *testing.T, proxy, path, version string, content files) {
	t.Helper()
	src := t.TempDir()
	content.write(t, src)
	at := filepath.Join(proxy, filepath.FromSlash(path), "@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	if err := modzip.CreateFromDir(&zipped, module.Version{Path: path, Version: version}, src); err != nil {
		t.Fatal(err)
	}
	for ext, b := range map[string][]byte{".info": []byte(`{"Version":"` + version + `"}`), ".mod": []byte(content["go.mod"]), ".zip": zipped.Bytes()} {
		if err := os.WriteFile(filepath.Join(at, version+ext), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func fileProxy(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	serve(t, dir, "example.cn/dep", "v1.0.0", files{"go.mod": "module example.cn/dep\n\ngo 1.24\n", "dep.go": "package dep\n\n//go:noinline\nfunc Name() string { return \"dep\" }\n"})
	return dir
}

// run runs a command and ends the test when it fails.
func run(t *testing.T, dir string, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// project writes hello with its go.sum.
func project(t *testing.T, env []string, changes ...files) string {
	t.Helper()
	dir := t.TempDir()
	hello.write(t, dir)
	for _, c := range changes {
		c.write(t, dir)
	}
	run(t, dir, env, "go", "mod", "tidy")
	return dir
}

func flip(t *testing.T, path string, at int64) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[at] ^= 1
	if err := os.WriteFile(path, b, 0o755); err != nil {
		t.Fatal(err)
	}
}
