package fill

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
	"github.com/yingzao-dev/yingzao/proxy/upstream"
)

const toolchain = "golang.org/toolchain/@v/v0.0.1-go1.99.0.linux-amd64.zip"

func mirrored(t *testing.T) *mirrortest.Server {
	t.Helper()
	return mirrortest.New(t, mirrortest.Options{
		SumDB: "sum.mirror.test",
		Modules: mirrortest.Modules{
			"example.com/hello@v1.0.0":                         {"hello.go": "package hello\n\nconst Text = `" + strings.Repeat("hello ", 5000) + "`\n"},
			"example.com/hello@v1.1.0":                         {"hello.go": "package hello\n"},
			"golang.org/toolchain@v0.0.1-go1.99.0.linux-amd64": {"bin/go": "#!/bin/sh\n"},
		},
	})
}

// real is a filler over the real pool and the real database.
func real(t *testing.T, m *mirrortest.Server, modes ...mirrortest.Mode) *site {
	t.Helper()
	var mirrors []string
	for _, mode := range modes {
		mirrors = append(mirrors, m.URL(mode))
	}
	pool, err := upstream.New(upstream.Options{Mirrors: mirrors, Rounds: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	s := &site{t: t, dir: t.TempDir(), clock: time.Now()}
	if s.cache, err = cache.Open(context.Background(), cache.Options{Dir: s.dir}); err != nil {
		t.Fatal(err)
	}
	client := httpx.New(httpx.Options{})
	t.Cleanup(client.CloseIdleConnections)
	ok, err := mirror.New(m.URL(mirrortest.OK), client)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sumdb.Open(context.Background(), sumdb.Options{Key: m.SumDBKey(), Sources: []mirror.Source{ok.Source("sum.mirror.test")}, Cache: s.cache})
	if err != nil {
		t.Fatal(err)
	}
	s.ends = append(s.ends, db.Close)
	s.Filler = New(Options{Cache: s.cache, Sums: db, Routes: proxy.Routes{{Name: "public", Pattern: "*", Source: pool}}, Now: s.now, Observe: s.observe, Budget: time.Minute})
	t.Cleanup(s.close)
	return s
}

func asked(m *mirrortest.Server, suffix string) int {
	n := 0
	for _, r := range m.Requests() {
		if strings.HasSuffix(r.Path, suffix) {
			n++
		}
	}
	return n
}

func TestRealMirror(t *testing.T) {
	m := mirrored(t)
	s := real(t, m, mirrortest.OK)
	for _, path := range []string{helloInf, helloMod, helloZip, toolchain, helloList, helloLatest} {
		s.get(path)
	}
	zip, mod := m.Sums(hello, "v1.0.0")
	for path, h1 := range map[string]string{helloZip: zip, helloMod: mod} {
		if r := s.record(path); r.H1 != h1 || !strings.HasPrefix(r.Proof, "sumdb:sum.mirror.test#") {
			t.Errorf("%s: %+v", path, r)
		}
	}
	s.fails("example.com/hello/@v/v1.9.0.zip", proxy.ErrNotFound)
	s.fails("example.com/nowhere/@v/list", proxy.ErrNotFound)
	if n := asked(m, "v1.0.0.zip"); n != 1 {
		t.Errorf("the zip was asked for %d times", n)
	}
}

// P9, P10: a mirror that cuts, and one that changes what it serves, beside a good
// one: the good one's content, in whichever order they stand.
func TestP9P10RealMirrors(t *testing.T) {
	for _, bad := range []mirrortest.Mode{mirrortest.BadZip, mirrortest.BadMod, mirrortest.Truncated, mirrortest.HTML, mirrortest.ServerError} {
		t.Run(string(bad), func(t *testing.T) {
			m := mirrored(t)
			s := real(t, m, bad, mirrortest.OK)
			zip, mod := m.Sums(hello, "v1.0.0")
			s.get(helloMod)
			s.get(helloZip)
			if got := s.record(helloZip).H1; got != zip {
				t.Errorf("zip %s, want %s", got, zip)
			}
			if got := s.record(helloMod).H1; got != mod {
				t.Errorf("go.mod %s, want %s", got, mod)
			}
			if forged := bad == mirrortest.BadZip || bad == mirrortest.BadMod; forged != (s.count(Quarantined) == 1) {
				t.Errorf("%d alarms", s.count(Quarantined))
			}
		})
		t.Run(string(bad)+" alone", func(t *testing.T) {
			m := mirrored(t)
			s := real(t, m, bad)
			path, class := helloZip, proxy.ErrUnavailable
			switch bad {
			case mirrortest.BadMod:
				path, class = helloMod, proxy.ErrContent
			case mirrortest.BadZip:
				class = proxy.ErrContent
			}
			s.fails(path, class)
			if s.cache.Has(path) {
				t.Error("it is in the cache")
			}
		})
	}
}

// The real go command, verifying with the database's key, against nothing but a
// filler; then once more with every mirror dead.
func TestRealGo(t *testing.T) {
	m := mirrored(t)
	s := real(t, m, mirrortest.OK)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := s.try(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil {
			status, ok := map[What]int{NotFound: 404, Refused: 403, Blocked: 403}[classed(r.Context(), err)]
			if !ok {
				status = 503
			}
			http.Error(w, err.Error(), status)
			return
		}
		_, _ = w.Write(data)
	}))
	defer web.Close()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module x.test\n\ngo 1.21\n", "x.go": "package x\n\nimport _ \"example.com/hello\"\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		t.Helper()
		home := mirrortest.Home(t)
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "GOPATH=" + home, "GOENV=off", "GOFLAGS=-modcacherw -mod=mod", "GOTOOLCHAIN=local", "GOWORK=off",
			"GOPROXY=" + web.URL, "GOSUMDB=" + m.SumDBKey() + " " + m.SumDBURL(), "GOCACHE=" + filepath.Join(home, "cache")}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("mod", "tidy")
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	zip, mod := m.Sums(hello, "v1.1.0")
	if err != nil || !bytes.Contains(sum, []byte(zip)) || !bytes.Contains(sum, []byte(mod)) {
		t.Errorf("go.sum: %s, %v", sum, err)
	}
	pool := s.o.Routes[0].Source.(*upstream.Pool)
	pool.Close()
	before := len(m.Requests())
	run("mod", "download", "example.com/hello")
	for _, r := range m.Requests()[before:] {
		if !strings.Contains(r.Path, "/sumdb/") && !strings.Contains(r.Path, "/lookup/") && !strings.Contains(r.Path, "/tile/") && !strings.HasSuffix(r.Path, "/latest") {
			t.Errorf("a mirror was asked for %s", r.Path)
		}
	}
}

// A toolchain of the size that real ones have: the rules are those of every zip
// (the go command unpacks it by the same ones), and memory does not grow with it.
func TestToolchainSize(t *testing.T) {
	v := module.Version{Path: "golang.org/toolchain", Version: "v0.0.1-go1.99.0.linux-amd64"}
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	f, err := z.CreateHeader(&zip.FileHeader{Name: v.Path + "@" + v.Version + "/bin/go", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	noise := rand.NewChaCha8([32]byte{})
	if _, err := io.CopyN(f, noise, 72<<20); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w := newWorld()
	w.zips[v] = buf.Bytes()
	w.mods[v] = []byte("module golang.org/toolchain\n")
	s := newSite(t, w, logged(t, w), nil)
	if got := s.get(toolchain); !bytes.Equal(got, buf.Bytes()) {
		t.Errorf("%d bytes", len(got))
	}
}
