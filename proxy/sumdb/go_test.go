package sumdb

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
)

// serve is the smallest proxy: the database by d, modules by a mirror.
func serve(t *testing.T, d *DB, m *mirrortest.Server, alter func([]byte) []byte) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ok := strings.CutPrefix(r.URL.Path, "/sumdb/"+d.Name())
		if !ok {
			http.Redirect(w, r, m.URL(mirrortest.OK)+r.URL.Path, http.StatusFound)
			return
		}
		body, _, err := d.Answer(r.Context(), path)
		switch {
		case err == nil:
			if alter != nil && strings.HasPrefix(path, "/tile/8/0/") {
				body = alter(append([]byte(nil), body...))
			}
			_, _ = w.Write(body)
		case errors.Is(err, proxy.ErrNotFound):
			http.Error(w, err.Error(), http.StatusNotFound)
		case errors.Is(err, proxy.ErrBlocked), errors.Is(err, proxy.ErrContent):
			http.Error(w, err.Error(), http.StatusForbidden)
		default:
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// download runs the real go mod download with an empty go.sum and empty caches, and
// returns go.sum. head is what GOPATH remembers of the database.
func download(t *testing.T, proxyURL string, log *mirrortest.Log, head []byte) (sum string, err error) {
	t.Helper()
	name, err := exec.LookPath("go")
	if err != nil {
		t.Skip("the go command is missing")
	}
	home, dir := mirrortest.Home(t), t.TempDir()
	write := func(path string, data []byte) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(dir, "go.mod"), []byte("module example.com/app\n\ngo 1.21\n\nrequire (\n\texample.com/Hello v1.2.0\n\texample.com/lib v1.0.0\n)\n"))
	if head != nil {
		write(filepath.Join(home, "go", "pkg", "sumdb", "sum.site.test", "latest"), head)
	}
	cmd := exec.CommandContext(t.Context(), name, "mod", "download", "all")
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GOENV=off", "GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "GOWORK=off", "no_proxy=*",
		"GOPATH=" + filepath.Join(home, "go"), "GOPROXY=" + proxyURL, "GOSUMDB=" + log.Key(), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), err
	}
	data, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	return string(data), err
}

// The real go command verifies against Answer: with the network, with every source
// dead, with an older and with a newer head of its own, and finds a forged tile (P22).
func TestRealGo(t *testing.T) {
	m := mirrortest.New(t, mirrortest.Options{Modules: mirrortest.Modules{
		"example.com/Hello@v1.2.0": {"hello.go": "package hello\n", "go.mod": "module example.com/Hello\n\ngo 1.21\n\nrequire example.com/lib v1.0.0\n"},
		"example.com/lib@v1.0.0":   {"lib.go": "package lib\n"},
		"example.com/later@v1.0.0": {"later.go": "package later\n"},
	}})
	log := mirrortest.NewLog("sum.site.test")
	add := func(path, version string) {
		zip, mod := m.Sums(path, version)
		log.Add(path, version, zip, mod)
	}
	log.Fill(300)
	add("example.com/Hello", "v1.2.0")
	log.Fill(66_000)
	add("example.com/lib", "v1.0.0")
	first := log.Size()
	kept := newRAM()
	d := open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: kept})
	check := func(name string, d *DB, head []byte, ok bool) {
		t.Helper()
		sum, err := download(t, serve(t, d, m, nil), log, head)
		if (err == nil) != ok {
			t.Errorf("%s: %v\n%s", name, err, sum)
		}
		if !ok {
			return
		}
		for _, id := range [][2]string{{"example.com/Hello", "v1.2.0"}, {"example.com/lib", "v1.0.0"}} {
			zip, mod := m.Sums(id[0], id[1])
			if !strings.Contains(sum, id[0]+" "+id[1]+" "+zip) || !strings.Contains(sum, id[0]+" "+id[1]+"/go.mod "+mod) {
				t.Errorf("%s: go.sum is\n%s", name, sum)
			}
		}
	}
	check("online", d, nil, true)
	log.Fill(70_000)
	add("example.com/later", "v1.0.0")
	if _, _, err := d.Sums(t.Context(), "example.com/later", "v1.0.0"); err != nil {
		t.Fatal(err)
	}
	second := log.Size()
	log.Fill(80_000)

	var asked atomic.Int64
	none := open(t, Options{Key: log.Key(), Sources: []mirror.Source{dead(&asked)}, Cache: kept})
	check("sources dead, nothing known", none, nil, true)
	check("sources dead, the site's head of before", none, log.Head(first), true)
	check("sources dead, the site's head", none, log.Head(second), true)
	if n := asked.Load(); n != 0 {
		t.Errorf("a dead source was asked %d times", n)
	}
	check("sources dead, a newer head", none, log.Head(80_000), false)
	check("online, a newer head", d, log.Head(80_000), true)
	check("online, an older head that was never the site's", d, log.Head(50_123), true)
	none = open(t, Options{Key: log.Key(), Sources: []mirror.Source{dead(&asked)}, Cache: kept})
	check("sources dead, the newer head that came by", none, log.Head(80_000), true)

	out, err := download(t, serve(t, none, m, flip(0)), log, nil)
	if err == nil || !strings.Contains(out, "inconsistent tile") {
		t.Errorf("a forged tile: %v\n%s", err, out)
	}
}
