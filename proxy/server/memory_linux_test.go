package server

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"

	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/fill"
)

// spared are files that are in memory, since the disk is full.
type spared struct{ *cache.Spare }

func (s spared) Get(_ context.Context, f proxy.File) (*cache.Object, error) {
	return s.Spare.Get(f.Path()), nil
}

func (s spared) Text(context.Context, proxy.File) (fill.Answer, error) {
	return fill.Answer{}, proxy.ErrNotFound
}

// A large file in memory is not kept open beyond its answer: it would take the room of
// all others.
func TestP15MemoryIsGivenBack(t *testing.T) {
	files := spared{cache.NewSpare(1 << 20)}
	const key = "example.com/m/@v/v1.0.0.zip"
	want := bytes.Repeat([]byte("zip"), 100_000)
	if err := files.Put(key, want, syscall.ENOSPC); err != nil {
		t.Fatal(err)
	}
	s := New(Options{Files: files})
	for _, header := range []string{"", "bytes=0-9"} {
		r, w := httptest.NewRequest(http.MethodGet, "/"+key, nil), httptest.NewRecorder()
		if header != "" {
			r.Header.Set("Range", header)
		}
		s.Public().ServeHTTP(w, r)
		if got := w.Body.Bytes(); header == "" && !bytes.Equal(got, want) || header != "" && string(got) != "zipzipzipz" {
			t.Errorf("%d, %d bytes", w.Code, len(got))
		}
	}
	files.Close()
	if n := files.Used(); n != 0 {
		t.Errorf("%d bytes are still held", n)
	}
}
