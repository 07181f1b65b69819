package deep

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// downloaded is a project whose modules the real go command has put into a cache
// of their own.
func downloaded(t *testing.T) (s *envcheck.Snapshot, cache string) {
	t.Helper()
	m := serve(t, "h1:none=")
	base := t.TempDir()
	dir := filepath.Join(base, "app")
	cache = filepath.Join(base, "modcache")
	write(t, filepath.Join(dir, "go.mod"), "module corp.test/app\n\ngo 1.25\n\nrequire (\n\texample.com/hello v1.0.0\n\texample.com/Upper v1.0.0\n)\n")
	write(t, filepath.Join(dir, "app.go"), "package app\n\nimport (\n\t_ \"example.com/Upper\"\n\t_ \"example.com/hello\"\n)\n")
	cmd := exec.CommandContext(t.Context(), "go", "mod", "tidy")
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + mirrortest.Home(t), "PATH=" + os.Getenv("PATH"), "GOENV=off", "GOTOOLCHAIN=local", "GOMODCACHE=" + cache, "GOCACHE=" + filepath.Join(base, "gocache"),
		"GOFLAGS=-modcacherw", "GOPROXY=" + m.URL(mirrortest.OK), "GOSUMDB=" + m.SumDBKey(), "HTTPS_PROXY=http://127.0.0.1:1"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	s = snapshot("")
	s.Module.GoSum = envcheck.TextFile{Path: filepath.Join(dir, "go.sum"), Exists: true, Data: sum}
	s.GoEnv = map[string]string{"GOMODCACHE": cache}
	return s, cache
}

func cacheOf(t *testing.T, s *envcheck.Snapshot) (envcheck.CacheProof, []envcheck.Missing) {
	t.Helper()
	d, missing, err := Run(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Cache, missing[1:] // the first is that there is no GOROOT
}

func TestModuleCache(t *testing.T) {
	s, cache := downloaded(t)
	c, missing := cacheOf(t, s)
	if c.Checked != 2 || len(c.Changed) > 0 || len(missing) > 0 || c.Dir != cache || c.Seconds <= 0 {
		t.Fatalf("%+v, %v", c, missing)
	}
	// Without a go that answers the settings say where the cache is.
	s.GoEnv, s.Environ = nil, []string{"GOMODCACHE=" + cache}
	if c, _ := cacheOf(t, s); c.Checked != 2 {
		t.Errorf("without go: %+v", c)
	}
	// A merge may leave a line twice.
	s.Module.GoSum.Data = append(s.Module.GoSum.Data, s.Module.GoSum.Data...)
	if c, _ := cacheOf(t, s); c.Checked != 2 {
		t.Errorf("twice: %+v", c)
	}

	write(t, filepath.Join(cache, "example.com", "hello@v1.0.0", "hello.go"), "package hello\n\nfunc init() {}\n")
	if c, _ := cacheOf(t, s); c.Checked != 2 || !slices.Equal(c.Changed, []string{"example.com/hello@v1.0.0"}) {
		t.Errorf("edited: %+v", c)
	}
	write(t, filepath.Join(cache, "example.com", "!upper@v1.0.0", "more.go"), "package upper\n")
	if c, _ := cacheOf(t, s); !slices.Equal(c.Changed, []string{"example.com/Upper@v1.0.0", "example.com/hello@v1.0.0"}) {
		t.Errorf("a file more: %+v", c)
	}

	// What cannot be read is not said to be changed.
	if err := os.Symlink("nowhere", filepath.Join(cache, "example.com", "hello@v1.0.0", "gone.go")); err == nil {
		c, missing := cacheOf(t, s)
		if c.Checked != 1 || !slices.Equal(c.Changed, []string{"example.com/Upper@v1.0.0"}) || len(missing) != 1 || missing[0].What != "module cache example.com/hello@v1.0.0" {
			t.Errorf("unreadable: %+v, %v", c, missing)
		}
	}
	if err := os.RemoveAll(filepath.Join(cache, "example.com")); err != nil {
		t.Fatal(err)
	}
	if c, missing := cacheOf(t, s); c.Checked != 0 || len(c.Changed)+len(missing) > 0 {
		t.Errorf("not extracted: %+v, %v", c, missing)
	}
}

func TestNoModules(t *testing.T) {
	s := snapshot("")
	if c, _ := cacheOf(t, s); c.Dir != "" || c.Checked != 0 {
		t.Errorf("no go.sum: %+v", c)
	}
	s.GoEnv = map[string]string{"GOMODCACHE": t.TempDir()}
	s.Module.GoSum = envcheck.TextFile{Exists: true, Data: []byte("\x00\nexample.com/a v1\nexample.com/a v1.0.0 h1:x= y\nEXAMPLE.com/../a v1.0.0 h1:x=\nexample.com/a v1.0.0\x00 h1:x=\nexample.com/a v1.0.0 h2:x=\n" + strings.Repeat("x", 1<<16))}
	if c, missing := cacheOf(t, s); c.Checked != 0 || len(c.Changed)+len(missing) > 0 {
		t.Errorf("nonsense: %+v, %v", c, missing)
	}
}

func TestModulesCancelled(t *testing.T) {
	s, _ := downloaded(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d, _, err := Run(ctx, s, Options{}); !errors.Is(err, context.Canceled) || d != nil {
		t.Errorf("%+v, %v", d, err)
	}
}
