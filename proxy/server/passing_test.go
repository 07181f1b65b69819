package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/fill"
)

// lying are files that lie somewhere, in the cache or not.
type lying struct {
	path    string
	passing bool
	asked   int
}

func (l *lying) Get(_ context.Context, f proxy.File) (*cache.Object, error) {
	l.asked++
	file, err := os.Open(l.path)
	if err != nil {
		return nil, err
	}
	fi, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return &cache.Object{File: file, Key: f.Path(), Size: fi.Size(), Modified: time.Now(), ETag: `"one"`, Passing: l.passing}, nil
}

func (l *lying) Text(context.Context, proxy.File) (fill.Answer, error) {
	return fill.Answer{}, proxy.ErrNotFound
}

// P15: what could not be put into the cache is not kept here either, small or large:
// the cache would never be asked again, and never get it.
func TestP15PassingIsNotKept(t *testing.T) {
	for name, size := range map[string]int{"small": 100, "large": 1 << 20} {
		for _, passing := range []bool{true, false} {
			files := &lying{path: filepath.Join(t.TempDir(), "file"), passing: passing}
			if err := os.WriteFile(files.path, make([]byte, size), 0o600); err != nil {
				t.Fatal(err)
			}
			s := New(Options{Files: files})
			for range 3 {
				w := httptest.NewRecorder()
				s.Public().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/example.com/m/@v/v1.0.0.zip", nil))
				if w.Code != http.StatusOK || w.Body.Len() != size {
					t.Errorf("%s: %d, %d bytes", name, w.Code, w.Body.Len())
				}
			}
			if want := map[bool]int{true: 3, false: 1}[passing]; files.asked != want {
				t.Errorf("%s, passing %v: asked %d times, not %d", name, passing, files.asked, want)
			}
			s.hot.purge() // closes the files
		}
	}
}
