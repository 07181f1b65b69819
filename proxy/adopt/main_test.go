package adopt

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/fill"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var modules = mirrortest.Modules{
	"example.com/hello@v1.2.0":     {"hello.go": "package hello\n\nconst Word = \"hello\"\n", "LICENSE": "free\n"},
	"example.com/hello@v1.3.0-RC1": {"hello.go": "package hello\n"},
	"example.com/Upper@v0.1.0":     {"go.mod": "module example.com/Upper\n\ngo 1.20\n", "u.go": "package upper\n"},
	"example.com/Upper/v2@v2.0.1":  {"u.go": "package upper\n"},
	"corp.example/secret@v1.0.0":   {"s.go": "package secret\n"},
}

// database is the mirror's checksum database, as a filler asks it.
type database struct {
	*mirror.Database
	asked sync.Map
}

func (d *database) knows(path string) bool {
	_, ok := d.asked.Load(path)
	return ok
}

func (d *database) Sums(ctx context.Context, path, version string) (mirror.Sums, int64, error) {
	d.asked.Store(path, true)
	sums, err := d.Lookup(ctx, path, version)
	if err != nil {
		err = proxy.Fail(proxy.ErrUnavailable, path, err)
	}
	return sums, 7, err
}

// site is a mirror, its database, and an empty cache with a filler.
type site struct {
	*mirrortest.Server
	db    *database
	cache *cache.Cache
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Server: mirrortest.New(t, mirrortest.Options{Modules: modules, SumDB: "sum.mirror.test"})}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	m, err := mirror.New(s.URL("ok"), &http.Client{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	db, err := mirror.NewDatabase(mirror.DatabaseOptions{Key: s.SumDBKey(), Sources: []mirror.Source{m.Source("sum.mirror.test")}})
	if err != nil {
		t.Fatal(err)
	}
	s.db = &database{Database: db}
	if s.cache, err = cache.Open(t.Context(), cache.Options{Dir: filepath.Join(t.TempDir(), "cache")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.cache.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// adopt imports a directory by a real filler.
func (s *site) adopt(t *testing.T, dir string, layout Layout, routes proxy.Routes, pins fill.Pins) Report {
	t.Helper()
	tree, err := Open(dir, layout)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	f := fill.New(fill.Options{Cache: s.cache, Routes: tree.Routes(routes), Sums: s.db, Pins: pins})
	defer f.Close(context.Background())
	got, err := Import(t.Context(), Options{From: tree, Into: s.cache, Filler: f, Routes: routes, Parallel: 1, Pinned: func(f proxy.File) bool {
		v := module.Version{Path: f.Module, Version: f.Version}
		if f.Kind == proxy.Mod {
			v.Version += "/go.mod"
		}
		return pins[v] != ""
	}})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// keys are the files in the cache.
func (s *site) keys(t *testing.T) []string {
	t.Helper()
	var all []string
	if err := s.cache.Walk(t.Context(), "", func(e cache.Entry) error { all = append(all, e.Key); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// modCache is a GOMODCACHE that the real go command made.
func (s *site) modCache(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	args := append([]string{"mod", "download", "-modcacherw", "-json"}, slices.Sorted(maps.Keys(modules))...)
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "GOPATH=" + filepath.Join(dir, "gopath"), "GOCACHE=" + filepath.Join(dir, "cache"),
		"GOENV=off", "GOTOOLCHAIN=local", "GOFLAGS=", "GOPROXY=" + s.URL("ok"), "GOSUMDB=" + s.SumDBKey(),
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return filepath.Join(dir, "gopath", "pkg", "mod")
}

// athens lays a GOMODCACHE out as Athens does; encoded keeps the encoding of names.
func athens(t *testing.T, modCache string, encoded bool) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "athens")
	for id := range modules {
		path, version, _ := strings.Cut(id, "@")
		p, v := path, version
		if encoded {
			p, _ = module.EscapePath(path)
			v, _ = module.EscapeVersion(version)
		}
		for kind, base := range map[proxy.Kind]string{proxy.Info: v + ".info", proxy.Mod: "go.mod", proxy.Zip: "source.zip"} {
			from := proxy.File{Kind: kind, Module: path, Version: version}.Path()
			data, err := os.ReadFile(filepath.Join(modCache, "cache", "download", filepath.FromSlash(from)))
			if err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(dir, filepath.FromSlash(p), v, base), string(data))
		}
	}
	return dir
}

func put(t *testing.T, name, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func problems(all []Problem) string {
	var lines []string
	for _, p := range all {
		lines = append(lines, fmt.Sprint(p.File, ": ", p.Reason))
	}
	return strings.Join(lines, "\n")
}
