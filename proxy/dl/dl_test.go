package dl

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// goFiles is a small Go as an archive holds it.
func goFiles() map[string]string {
	files := map[string]string{
		"go/VERSION": "go1.26.8\n", "go/bin/go": "\x7fELF go", "go/src/go.mod": "module std\n", "go/src/cmd/go.mod": "module cmd\n",
		"go/src/fmt/print.go": "package fmt\n", "go/test/x.go": "package test\n", "go/misc/go.mod": "module misc\n",
	}
	for i := range 200 {
		files[fmt.Sprintf("go/src/p%d/f.go", i)] = fmt.Sprintf("package p%d // %x\n", i, sha256.Sum256([]byte{byte(i)}))
	}
	return files
}

func tarGz(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name])), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, files[name])
	}
	_ = w.Close()
	_ = z.Close()
	return b.Bytes()
}

func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, files[name])
	}
	_ = z.Close()
	return b.Bytes()
}

// logged is what the checksum database says of these files: x/mod's own answer.
func logged(t testing.TB, r gosdk.Release, files map[string]string) string {
	t.Helper()
	named := map[string]string{}
	for name, content := range files {
		name = strings.TrimPrefix(name, "go/")
		switch top, _, _ := strings.Cut(name, "/"); top {
		case "api", "doc", "misc", "test":
			continue
		}
		if path.Base(name) == "go.mod" {
			name = path.Join(path.Dir(name), "_go.mod")
		}
		m := r.Module()
		named[m.Path+"@"+m.Version+"/"+name] = content
	}
	h1, err := dirhash.Hash1(slices.Collect(maps.Keys(named)), func(name string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(named[name])), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return h1
}

// database is a checksum database by version.
type database struct {
	sums map[string]string
	err  error
}

func (d database) Name() string { return "sum.test" }

func (d database) Sums(_ context.Context, _, version string) (mirror.Sums, int64, error) {
	if d.err != nil {
		return mirror.Sums{}, 0, d.err
	}
	h1, ok := d.sums[version]
	if !ok {
		return mirror.Sums{}, 0, proxy.Fail(proxy.ErrNotFound, version, nil)
	}
	return mirror.Sums{Zip: h1}, 7, nil
}

const (
	linux   = "go1.26.8.linux-amd64.tar.gz"
	windows = "go1.26.8.windows-arm64.zip"
	armv6l  = "go1.26.8.linux-armv6l.tar.gz"
)

type site struct {
	*Archives
	cache    *cache.Cache
	requests atomic.Int64
	bytes    atomic.Int64
	content  map[string][]byte
}

// newSite is archives over mirrors that answer as the handlers say; nil answers
// well.
func newSite(t testing.TB, db Sums, handlers ...http.HandlerFunc) *site {
	t.Helper()
	s := &site{content: map[string][]byte{linux: tarGz(t, goFiles()), windows: zipped(t, goFiles()), armv6l: tarGz(t, goFiles())}}
	if db == nil {
		sums := map[string]string{}
		for version, r := range map[string]gosdk.Release{
			"v0.0.1-go1.26.8.linux-amd64": {Version: "go1.26.8", GOOS: "linux", GOARCH: "amd64"}, "v0.0.1-go1.26.8.linux-arm": {Version: "go1.26.8", GOOS: "linux", GOARCH: "arm"},
			"v0.0.1-go1.26.8.windows-arm64": {Version: "go1.26.8", GOOS: "windows", GOARCH: "arm64"}, "v0.0.1-go1.26.9.linux-amd64": {Version: "go1.26.9", GOOS: "linux", GOARCH: "amd64"},
		} {
			sums[version] = logged(t, r, goFiles())
		}
		db = database{sums: sums}
	}
	if handlers == nil {
		handlers = []http.HandlerFunc{nil}
	}
	var bases []string
	for _, h := range handlers {
		if h == nil {
			h = s.good
		}
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.requests.Add(1)
			h(w, r)
		}))
		t.Cleanup(srv.Close)
		bases = append(bases, srv.URL+"/go/")
	}
	var err error
	if s.cache, err = cache.Open(t.Context(), cache.Options{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cache.Close() })
	client := httpx.New(httpx.Options{Guard: httpx.RefuseInternal(nil, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})})
	t.Cleanup(client.CloseIdleConnections)
	s.Archives = New(Options{Cache: s.cache, Bases: bases, Client: client, Sums: db})
	t.Cleanup(s.Archives.Close)
	return s
}

func (s *site) good(w http.ResponseWriter, r *http.Request) {
	body, ok := s.content[path.Base(r.URL.Path)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/gzip")
	http.ServeContent(&counting{w, &s.bytes}, r, "", time.Time{}, bytes.NewReader(body))
}

type counting struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counting) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return c.ResponseWriter.Write(p)
}

func (s *site) read(t testing.TB, name string) ([]byte, error) {
	t.Helper()
	o, err := s.Get(t.Context(), name)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	if o.ETag == "" {
		t.Errorf("%s has no ETag", name)
	}
	return io.ReadAll(o)
}

func TestGet(t *testing.T) {
	s := newSite(t, nil)
	for _, name := range []string{linux, windows, armv6l} {
		for range 2 {
			b, err := s.read(t, name)
			if err != nil || !bytes.Equal(b, s.content[name]) {
				t.Fatalf("%s: %d bytes, %v", name, len(b), err)
			}
		}
		sum := sha256.Sum256(s.content[name])
		if b, err := s.read(t, name+".sha256"); err != nil || string(b) != hex.EncodeToString(sum[:]) {
			t.Errorf("%s %v", b, err)
		}
		rec, err := s.cache.Record(t.Context(), "dl/"+name)
		if err != nil || rec.Proof != "sumdb:sum.test#7" || len(rec.Pieces) != 1 || !strings.HasPrefix(rec.H1, "h1:") {
			t.Errorf("%+v %v", rec, err)
		}
	}
	if n := s.requests.Load(); n != 3 {
		t.Errorf("%d requests for three archives", n)
	}
	var list []release
	b, err := s.List(t.Context())
	if err != nil || json.Unmarshal(b, &list) != nil {
		t.Fatalf("%s %v", b, err)
	}
	if len(list) != 1 || list[0].Version != "go1.26.8" || !list[0].Stable || len(list[0].Files) != 3 || list[0].Files[1].Arch != "arm" || len(list[0].Files[0].SHA256) != 64 {
		t.Errorf("%s", b)
	}
}

// What has no proof is not there, and nobody is asked for it.
func TestNames(t *testing.T) {
	s := newSite(t, nil)
	for _, name := range []string{
		"", "x", "go1.26.8.src.tar.gz", "go1.20.1.linux-amd64.tar.gz", "go1.26.8.linux-amd64.zip", "go1.26.8.windows-amd64.tar.gz", "go1.26.8.windows-amd64.msi",
		"../x", "go1.26.8.linux-amd64.tar.gz/", "go1.26.8.linux-AMD64.tar.gz", "go1.26.8.linux.tar.gz", "go1.26.8-x.linux-amd64.tar.gz", linux + ".sha256.sha256", linux + ".asc",
		"go9.99.9.linux-amd64.tar.gz", strings.Repeat("g", 5000) + linux,
	} {
		if _, err := s.Get(t.Context(), name); !errors.Is(err, proxy.ErrNotFound) {
			t.Errorf("%.60s: %v", name, err)
		}
	}
	if n := s.requests.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
	if _, err := s.Get(t.Context(), "go1.26.9.linux-amd64.tar.gz"); !errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("logged, but on no mirror: %v", err)
	}
	off := New(Options{Cache: s.cache})
	defer off.Close()
	if _, err := off.Get(t.Context(), linux); !errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("offline: %v", err)
	}
}

// Each way in which a mirror can be wrong, alone and with a good one behind it.
func TestBadMirrors(t *testing.T) {
	serve := func(make func() []byte) http.HandlerFunc {
		body := make()
		return func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "x.gz", time.Time{}, bytes.NewReader(body))
		}
	}
	with := func(name, content string) func() []byte {
		return func() []byte { f := goFiles(); f[name] = content; return tarGz(t, f) }
	}
	good := tarGz(t, goFiles())
	for name, tc := range map[string]struct {
		h    http.HandlerFunc
		want error
	}{
		"one file differs": {serve(with("go/bin/go", "\x7fELF evil")), proxy.ErrContent},
		"one file more":    {serve(with("go/src/evil.go", "package evil\n")), proxy.ErrContent},
		"a hidden go.mod":  {serve(with("go/src/_go.mod", "module std\n")), proxy.ErrContent},
		"outside":          {serve(with("../evil", "x")), proxy.ErrContent},
		"not an archive":   {serve(func() []byte { return []byte("a captive portal") }), proxy.ErrContent},
		"cut":              {serve(func() []byte { return good[:len(good)/2] }), proxy.ErrContent},
		"page": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write(good)
		}, proxy.ErrUnavailable},
		"403": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, proxy.ErrUnavailable},
		"500": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, proxy.ErrUnavailable},
		"404": {http.NotFound, proxy.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil, tc.h)
			if _, err := s.Get(t.Context(), linux); !errors.Is(err, tc.want) {
				t.Errorf("alone: %v, want %v", err, tc.want)
			}
			if s.cache.Has("dl/" + linux) {
				t.Error("it is in the cache")
			}
			s = newSite(t, nil, tc.h, nil)
			if b, err := s.read(t, linux); err != nil || !bytes.Equal(b, s.content[linux]) {
				t.Errorf("with a good one behind it: %d bytes, %v", len(b), err)
			}
		})
	}
}

// A transfer that breaks off goes on where it was, at the same mirror or another;
// one that ignores Range is read over.
func TestResumes(t *testing.T) {
	good := tarGz(t, goFiles())
	cut := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(good)))
		_, _ = w.Write(good[:len(good)/2])
		panic(http.ErrAbortHandler)
	}
	s := newSite(t, nil, cut, nil)
	if b, err := s.read(t, linux); err != nil || !bytes.Equal(b, good) {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	if n := s.bytes.Load(); n > int64(len(good)/2+1) {
		t.Errorf("the second mirror sent %d of %d bytes", n, len(good))
	}
	ignores := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(good)))
		_, _ = w.Write(good)
	}
	s = newSite(t, nil, cut, ignores)
	if b, err := s.read(t, linux); err != nil || !bytes.Equal(b, good) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

// Trouble with the database: nothing is fetched, and it is no "not there".
func TestDatabaseOutOfReach(t *testing.T) {
	s := newSite(t, database{err: proxy.Fail(proxy.ErrUnavailable, "sum.test", nil)})
	if _, err := s.Get(t.Context(), linux); !errors.Is(err, proxy.ErrUnavailable) || s.requests.Load() != 0 {
		t.Errorf("%v after %d requests", err, s.requests.Load())
	}
}

// Fifty clients are one download, and the first may leave.
func TestOnce(t *testing.T) {
	begun, resume := make(chan struct{}, 1), make(chan struct{})
	var s *site
	s = newSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-resume
		s.good(w, r)
	})
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() { _, err := s.Get(ctx, linux); left <- err }()
	<-begun
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if b, err := s.read(t, linux); err != nil || !bytes.Equal(b, s.content[linux]) {
				t.Errorf("%d bytes, %v", len(b), err)
			}
		})
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(resume)
	all.Wait()
	if n := s.requests.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{linux, windows, armv6l, "go1.27rc1.linux-loong64.tar.gz", "go1.src.tar.gz", "..", "go1.26.8.linux-amd64.tar.gz\x00"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		r, _, err := Parse(name)
		switch {
		case err != nil:
			if !errors.Is(err, proxy.ErrNotFound) {
				t.Errorf("%q: %v", name, err)
			}
		case r.Check() != nil || strings.ContainsAny(name, "/\\ \x00"):
			t.Errorf("%q was taken for %v", name, r)
		}
	})
}
