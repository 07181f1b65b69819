package bundle

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const private = "git.corp.example/team/secret"

var modules = mirrortest.Modules{
	"example.com/Hello@v1.2.0":                           {"hello.go": "package hello\n", "go.mod": "module example.com/Hello\n\ngo 1.21\n\nrequire (\n\texample.com/lib v1.0.0\n\texample.com/pruned v1.0.0\n)\n"},
	"example.com/lib@v1.0.0":                             {"lib.go": "package lib\n" + strings.Repeat("// text\n", 1000)},
	"example.com/lib@v1.1.0":                             {"lib.go": "package lib // newer\n"},
	"example.com/pruned@v1.0.0":                          {"p.go": "package pruned\n"},
	"golang.org/toolchain@v0.0.1-go1.26.8.linux-loong64": {"bin/go": "an executable\n"},
	private + "@v0.1.0":                                  {"s.go": "package secret\n"},
}

// outside is where bundles are made: a mirror, a checksum database that grows, a
// proxy's cache.
type outside struct {
	t     testing.TB
	m     *mirrortest.Server
	log   *mirrortest.Log
	cache *cache.Cache
	db    *sumdb.DB
	got   map[string]int
}

func newOutside(t testing.TB) *outside {
	t.Helper()
	o := &outside{t: t, m: mirrortest.New(t, mirrortest.Options{Modules: modules}), log: mirrortest.NewLog("sum.site.test"), cache: openCache(t), got: map[string]int{}}
	o.log.Fill(500)
	o.add("example.com/Hello", "v1.2.0")
	o.add("example.com/pruned", "v1.0.0")
	o.log.Fill(66_000)
	o.add("example.com/lib", "v1.0.0")
	o.add("golang.org/toolchain", "v0.0.1-go1.26.8.linux-loong64")
	db, err := sumdb.Open(t.Context(), sumdb.Options{Key: o.log.Key(), Sources: []mirror.Source{o.log.Read}, Cache: o.cache,
		Refuse: func(path string) bool { return strings.HasPrefix(path, "git.corp.example/") }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	o.db = db
	return o
}

func (o *outside) add(path, version string) {
	zip, mod := o.m.Sums(path, version)
	o.log.Add(path, version, zip, mod)
}

// Get fills the cache from the mirror.
func (o *outside) Get(ctx context.Context, f proxy.File) (*cache.Object, error) {
	if obj, err := o.cache.Get(ctx, f.Path()); err == nil {
		return obj, nil
	}
	c := httpx.New(httpx.Options{})
	defer c.CloseIdleConnections()
	m, err := mirror.New(o.m.URL(mirrortest.OK), c)
	if err != nil {
		return nil, err
	}
	a, err := m.Open(ctx, "GET", "/"+f.Path(), nil)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(a.Body); err != nil {
		return nil, err
	}
	if err := o.cache.Write(ctx, f.Path(), b.Bytes(), cache.Record{}); err != nil && !errors.Is(err, store.ErrExists) {
		return nil, err
	}
	return o.cache.Get(ctx, f.Path())
}

// gosum is what the project of the test has.
func (o *outside) gosum() []Want {
	o.t.Helper()
	var b strings.Builder
	line := func(path, version string, zip bool) {
		z, m := o.m.Sums(path, version)
		if zip {
			b.WriteString(path + " " + version + " " + z + "\n")
		}
		b.WriteString(path + " " + version + "/go.mod " + m + "\n")
	}
	line("example.com/Hello", "v1.2.0", true)
	line("example.com/lib", "v1.0.0", true)
	line("example.com/pruned", "v1.0.0", false)
	want, err := Sum(strings.NewReader(b.String()))
	if err != nil {
		o.t.Fatal(err)
	}
	return want
}

func (o *outside) export(x ExportOptions) *Manifest {
	o.t.Helper()
	x.Files, x.DB = o, o.db
	m, err := Export(o.t.Context(), x)
	if err != nil {
		o.t.Fatal(err)
	}
	return m
}

func openCache(t testing.TB) *cache.Cache {
	t.Helper()
	c, err := cache.Open(t.Context(), cache.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// tree is every file below a folder.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		name, _ := filepath.Rel(dir, p)
		all[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func put(t testing.TB, dir string, files map[string]string) string {
	t.Helper()
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// download runs the real go mod download over a folder, with nothing known but head,
// and an empty go.sum.
func download(t *testing.T, dir string, log *mirrortest.Log, head []byte, requires ...string) (sum string, err error) {
	t.Helper()
	name, err := exec.LookPath("go")
	if err != nil {
		t.Skip("the go command is missing")
	}
	home, work := mirrortest.Home(t), t.TempDir()
	put(t, work, map[string]string{"go.mod": "module example.com/app\n\ngo 1.21\n\nrequire (\n\t" + strings.Join(requires, "\n\t") + "\n)\n"})
	if head != nil {
		put(t, home, map[string]string{"go/pkg/sumdb/sum.site.test/latest": string(head)})
	}
	args := []string{"mod", "download"}
	for _, r := range requires {
		args = append(args, strings.Replace(r, " ", "@", 1))
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = work
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GOENV=off", "GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "GOWORK=off",
		"GOPATH=" + filepath.Join(home, "go"), "GOPROXY=file://" + filepath.ToSlash(dir), "GOSUMDB=" + log.Key(), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), err
	}
	data, err := os.ReadFile(filepath.Join(work, "go.sum"))
	return string(data), err
}
