package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

var work string // of all tests, with the one yingzao that they use

func TestMain(m *testing.M) {
	var err error
	if work, err = os.MkdirTemp("", "yingzao-desks-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		removeAll(work)
		os.Exit(code)
	}))
}

// namespaces are needed by every test here: a system in a folder, and mounts.
func namespaces(t *testing.T) {
	t.Helper()
	reason := ""
	switch {
	case runtime.GOOS != "linux":
		reason = "Linux is needed"
	case exec.Command("unshare", "--user", "--map-root-user", "--mount", "--pid", "--net", "--fork", "--kill-child", "true").Run() != nil:
		reason = "unshare(1) cannot make user namespaces here"
	default:
		out, err := exec.Command("busybox", "wget", "--help").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "Usage: wget") {
			reason = "a static busybox is needed"
		}
	}
	if reason == "" {
		return
	}
	if os.Getenv("YINGZAO_E2E") == "require" && runtime.GOOS == "linux" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// yingzao is the real program, built once.
var yingzao = sync.OnceValues(func() (string, error) {
	s := &site{arch: runtime.GOARCH, dir: work}
	if err := os.MkdirAll(s.path("bin"), 0o755); err != nil {
		return "", err
	}
	return s.path("bin/yingzao_linux_" + runtime.GOARCH), s.build(context.Background())
})

// From a bare root to a module that this machine's Go builds there, from the
// archive of a mirror and from a bundle with the network cut off. Everything comes
// from loopback, proven by a checksum database of the test's own.
func TestFromBareRoot(t *testing.T) {
	t.Parallel()
	namespaces(t)
	if testing.Short() {
		t.Skip("it unpacks a whole Go several times")
	}
	env := goEnv(t, "GOROOT", "GOVERSION")
	r := gosdk.Release{Version: env[1], GOOS: "linux", GOARCH: runtime.GOARCH}
	tree, err := gosdk.ReadTree(t.Context(), env[0], r)
	if err != nil || r.Check() != nil || len(tree.Odd) > 0 {
		t.Skipf("%s is no release that could be packed: %v %v", env[0], err, r.Check())
	}
	modDir, err := exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", "golang.org/x/sync").Output()
	version, dir, _ := strings.Cut(strings.TrimSpace(string(modDir)), " ")
	if err != nil || dir == "" {
		t.Fatalf("%s %v", modDir, err)
	}
	dep := "golang.org/x/sync@" + version
	m := mirrortest.New(t, mirrortest.Options{SumDB: "sum.corp.test", Logged: map[string]string{r.Module().String(): tree.H1()}, Modules: mirrortest.Modules{
		dep: files(t, dir),
		"tool.example/hello@v1.2.3": {
			"go.mod":  "module tool.example/hello\n\ngo 1.24\n\nrequire golang.org/x/sync " + version + "\n",
			"go.sum":  "",
			"main.go": "package main\n\nimport \"golang.org/x/sync/semaphore\"\n\nfunc main() { semaphore.NewWeighted(1) }\n",
		},
	}})
	results, references, err := bench(t.Context(), options{
		sources: []string{"archive", "bundle"}, version: strings.TrimPrefix(r.Version, "go"), h1: tree.H1(),
		upstream: m.URL(mirrortest.OK), sumdb: m.SumDBKey() + " " + m.SumDBURL(),
		tool: "tool.example/hello@v1.2.3", dep: dep, pkg: "golang.org/x/sync/semaphore", use: "semaphore.NewWeighted(1)", log: t.Logf,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(results) != 2 || len(references) != 1 {
		t.Errorf("%d results, %d references", len(results), len(references))
	}
	for _, r := range results {
		t.Logf("%s: %.1f s to a proven Go, %.1f s to a built module, %.1f + %.1f + %.2f MB", r.source, r.apply.Seconds(), r.build.Seconds(), mb(r.program), mb(r.sdk), mb(r.modules))
		if r.err != nil || r.program == 0 || r.sdk == 0 || r.modules == 0 {
			t.Errorf("%+v: %v", r, r.err)
		}
	}
}

func goEnv(t *testing.T, names ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// files are those below a folder, by their names.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		all[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The fields of a line for the kernel, and roots that are none.
func TestRootsThatAreRefused(t *testing.T) {
	namespaces(t)
	for _, arch := range slices.Sorted(maps.Keys(emulators)) {
		line, err := (&root{arch: arch}).binfmt()
		if err != nil {
			t.Logf("%s: %v", arch, err) // qemu is not here
			continue
		}
		if fields := strings.Split(line, ":"); arch != runtime.GOARCH && (len(fields) != 8 || strings.Count(fields[4], `\x`) != 17 || strings.Count(fields[5], `\x`) != 20) {
			t.Errorf("%s: %q", arch, line)
		}
	}
	if _, err := newRoot(t.TempDir(), "s390x", ""); err != nil {
		t.Error(err) // a busybox is a busybox; it fails when something is run
	}
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/usr/local/go", 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := newRoot(dir, runtime.GOARCH, ""); err == nil {
		t.Error("a root with a Go was taken for a bare one")
	}
}
