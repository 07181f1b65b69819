package mirror

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	hello     = "example.com/Hello"
	toolchain = "golang.org/toolchain"
)

var modules = mirrortest.Modules{
	hello + "@v1.0.0": {"hello.go": "package hello\n"},
	hello + "@v1.2.0": {"hello.go": "package hello\n\nconst New = true\n"},
	toolchain + "@v0.0.1-go1.25.5.linux-loong64": {"bin/go": "an executable\n"},
}

func serve(t testing.TB, o mirrortest.Options) *mirrortest.Server {
	t.Helper()
	o.Modules = modules
	if o.SumDB == "" {
		o.SumDB = "sum.mirror.test"
	}
	return mirrortest.New(t, o)
}

func client(t testing.TB, o httpx.Options) *http.Client {
	t.Helper()
	c := httpx.New(o)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func mirrorOf(t testing.TB, s *mirrortest.Server, mode mirrortest.Mode) *Mirror {
	t.Helper()
	m, err := New(s.URL(mode)+"/", client(t, httpx.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// pins are the test server's.
func pins(s *mirrortest.Server) *Pins {
	zip, mod := s.Sums(hello, "v1.0.0")
	m := module.Version{Path: hello, Version: "v1.0.0"}
	return &Pins{Module: m, ModSum: mod, ZipSum: zip, Zip: m, Absent: module.Version{Path: "absent.invalid/module", Version: "v1.0.0"}, Key: s.SumDBKey(), Version: "1.25.5"}
}

// patience is for one answer: what a mode keeps back does not come within it, and
// all else may take as long as a busy machine needs.
func patience(mode mirrortest.Mode) time.Duration {
	switch mode {
	case mirrortest.Slow:
		return time.Second
	case mirrortest.Drip: // its first byte has to come
		return 2 * time.Second
	}
	return time.Minute
}

func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// mirrorHandler is a mirror that a function plays.
func mirrorHandler(t testing.TB, h http.HandlerFunc) *Mirror {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	m, err := New(srv.URL, client(t, httpx.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}
