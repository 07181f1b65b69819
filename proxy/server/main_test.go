package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/fill"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeFiles answers out of a real cache, and texts out of a map.
type fakeFiles struct {
	c     *cache.Cache
	texts map[string]fill.Answer
	fails map[string]error

	mu   sync.Mutex
	gets int
}

func (f *fakeFiles) Get(ctx context.Context, x proxy.File) (*cache.Object, error) {
	f.mu.Lock()
	f.gets++
	f.mu.Unlock()
	if err := f.fails[x.Path()]; err != nil {
		return nil, err
	}
	return f.c.Get(ctx, x.Path())
}

func (f *fakeFiles) Text(_ context.Context, x proxy.File) (fill.Answer, error) {
	if a, ok := f.texts[x.Path()]; ok {
		return a, nil
	}
	if err := f.fails[x.Path()]; err != nil {
		return fill.Answer{}, err
	}
	return fill.Answer{}, proxy.Fail(proxy.ErrNotFound, x.String(), nil)
}

const (
	info     = `{"Version":"v1.0.0","Time":"2026-01-02T03:04:05Z"}`
	modFile  = "module example.com/hello\n"
	infoPath = "/example.com/hello/@v/v1.0.0.info"
	modPath  = "/example.com/hello/@v/v1.0.0.mod"
	zipPath  = "/example.com/hello/@v/v1.0.0.zip"
	bigPath  = "/example.com/big/@v/v1.0.0.zip"
)

var small, big = random(84_000), random(3 << 20)

func random(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{7}).Read(b)
	return b
}

// files is a cache with a small and a large module, and some lists. The zips are
// none; nothing here looks into them.
func files(t testing.TB) *fakeFiles {
	t.Helper()
	dir := t.TempDir()
	for name, body := range map[string][]byte{infoPath: []byte(info), modPath: []byte(modFile), zipPath: small, bigPath: big,
		"/git.corp.test/team/secret/@v/v1.0.0.info": []byte(info), "/git.corp.test/team/secret/@v/v1.0.0.zip": big} {
		put(t, filepath.Join(dir, filepath.FromSlash(name)), body)
		if strings.HasSuffix(name, ".zip") {
			put(t, filepath.Join(dir, filepath.FromSlash(name+"hash")), []byte("h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="))
		}
	}
	c, err := cache.Open(t.Context(), cache.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &fakeFiles{c: c, fails: map[string]error{}, texts: map[string]fill.Answer{
		"example.com/hello/@v/list":      {Body: []byte("v1.0.0\n")},
		"example.com/hello/@latest":      {Body: []byte(info), Age: 20 * time.Second},
		"example.com/hello/@v/main.info": {Body: []byte(info), Age: 9 * time.Hour, Stale: true},
	}}
}

func put(t testing.TB, name string, body []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, body, 0o644); err != nil {
		t.Fatal(err)
	}
}

// started is a server on loopback with its access log.
func started(t testing.TB, o Options) (s *Server, base string, log *lockedBuffer) {
	t.Helper()
	log = &lockedBuffer{}
	if o.Access == nil {
		o.Access = slog.New(slog.NewJSONHandler(log, nil))
	}
	s = New(o)
	srv := httptest.NewServer(s.Public())
	t.Cleanup(func() { srv.Close(); s.hot.purge() })
	return s, srv.URL, log
}

// lockedBuffer may be written by one goroutine while another reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// answered is an answer with its body read.
type answered struct {
	*http.Response
	body string
}

func get(t testing.TB, url string, header ...string) answered { return do(t, "GET", url, header...) }

// do sends a request; header is names and values in turn.
func do(t testing.TB, method, url string, header ...string) answered {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return answered{resp, string(b)}
}

// newTimeout is for a busy machine; nothing waits for it to pass.
func newTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, 2*time.Minute)
}

// noArchives has none.
type noArchives struct{}

func (noArchives) Get(context.Context, string) (*cache.Object, error) {
	return nil, proxy.Fail(proxy.ErrNotFound, "/dl", nil)
}

func (noArchives) List(context.Context) ([]byte, error) { return []byte("[]\n"), nil }
