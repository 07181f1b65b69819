package upstream

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const hello = "example.com/Hello"

var modules = mirrortest.Modules{
	hello + "@v1.0.0": {"hello.go": "package hello\n"},
	hello + "@v1.2.0": {"hello.go": "package hello\n\nconst New = true\n"},
	"golang.org/toolchain@v0.0.1-go1.25.5.linux-loong64": {"bin/go": "an executable\n"},
}

func serve(t testing.TB, o mirrortest.Options) *mirrortest.Server {
	t.Helper()
	if o.Modules == nil {
		o.Modules = modules
	}
	if o.SumDB == "" {
		o.SumDB = "sum.mirror.test"
	}
	return mirrortest.New(t, o)
}

// pool makes a pool that ends with the test. Loopback is allowed, so that
// redirects between test servers work.
func pool(t testing.TB, o Options, mirrors ...string) *Pool {
	t.Helper()
	o.Mirrors = mirrors
	o.AllowNets = append(o.AllowNets, netip.MustParsePrefix("127.0.0.0/8"))
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// handler is a mirror that a function plays.
func handler(t testing.TB, h http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	return srv.URL
}

// refused is an address where nobody listens, nor will while a test runs: a port that
// was free a moment ago may be somebody's by now.
const refused = "http://127.0.0.1:1"

// file is a download into a real file.
func file(t testing.TB, have []byte) (*proxy.Download, func() []byte) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if _, err := f.Write(have); err != nil {
		t.Fatal(err)
	}
	d := proxy.NewDownload(f, int64(len(have)))
	return d, func() []byte {
		data := make([]byte, d.Offset())
		if _, err := f.ReadAt(data, 0); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		return data
	}
}

// noise is what begins like a zip and cannot be packed.
func noise(size int, seed byte) []byte {
	out := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(out)
	copy(out, "PK\x03\x04")
	return out
}

var (
	helloZip  = proxy.File{Kind: proxy.Zip, Module: hello, Version: "v1.0.0"}
	helloMod  = proxy.File{Kind: proxy.Mod, Module: hello, Version: "v1.0.0"}
	toolchain = proxy.File{Kind: proxy.Zip, Module: "golang.org/toolchain", Version: "v0.0.1-go1.25.5.linux-loong64"}
)

// clock is one that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
