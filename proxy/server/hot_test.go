package server

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yingzao-dev/yingzao/proxy/cache"
)

func entry(i, n int) *answer {
	return (&answer{path: fmt.Sprintf("/%d", i), body: make([]byte, n)}).finish("text/plain", `"x"`, "public", time.Time{})
}

// What is asked for stays, and the limit holds.
func TestHotKeepsWhatIsUsed(t *testing.T) {
	h := newHot(64 * (hotOverhead + 1000))
	for i := range 1000 {
		h.put(entry(i, 1000))
		if i >= 10 {
			for popular := range 5 {
				if h.get(fmt.Sprintf("/%d", popular)) == nil {
					t.Fatalf("%d was dropped at %d although it is asked for", popular, i)
				}
			}
		}
		if h.bytes.Load() > h.limit {
			t.Fatalf("%d bytes at %d", h.bytes.Load(), i)
		}
	}
	if n := h.count.Load(); n != 64 || len(h.queue) != 64 {
		t.Errorf("%d entries, %d in the queue", n, len(h.queue))
	}
	if h.get("/500") != nil {
		t.Error("an old one that nobody asked for is still there")
	}
	h.put(entry(999, 1000)) // twice is once
	if h.count.Load() != 64 {
		t.Error("an entry was counted twice")
	}
	h.drop("/0")
	if h.get("/0") != nil || h.count.Load() != 63 {
		t.Error("a dropped one is there")
	}
}

func TestHotFits(t *testing.T) {
	for _, tc := range []struct {
		limit, size int64
		fits, opens bool
	}{
		{0, 64 << 10, true, true}, {0, 64<<10 + 1, false, true}, {-1, 0, false, false}, {100 << 10, 50 << 10, false, true},
	} {
		if h := newHot(tc.limit); h.fits(tc.size) != tc.fits || h.opens() != tc.opens {
			t.Errorf("%+v: %v %v", tc, h.fits(tc.size), h.opens())
		}
	}
}

// Files that are kept open are few, and are closed when the last who sends one is
// done.
func TestHotFiles(t *testing.T) {
	h := newHot(0)
	dir := t.TempDir()
	var first *answer
	for i := range hotFiles + 50 {
		name := filepath.Join(dir, fmt.Sprint(i))
		put(t, name, []byte("x"))
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		a := entry(i, 0)
		a.file = &cache.Object{File: f}
		a.refs.Store(1)
		h.put(a)
		if first == nil {
			first = h.get("/0") // somebody sends it all the while
		}
		a.letGo()
	}
	if h.files != hotFiles {
		t.Errorf("%d are open", h.files)
	}
	h.drop("/0")
	if _, err := first.file.Stat(); err != nil {
		t.Errorf("closed while it is sent: %v", err)
	}
	first.letGo()
	if _, err := first.file.Stat(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("nobody needs it and it is open: %v", err)
	}
	last := h.get(fmt.Sprintf("/%d", hotFiles+49))
	h.purge()
	last.letGo()
	if _, err := last.file.Stat(); !errors.Is(err, os.ErrClosed) || last.hold() || h.files != 0 {
		t.Errorf("after a purge: %v, %d open", err, h.files)
	}
}

func TestHotConcurrently(t *testing.T) {
	h := newHot(20 * hotOverhead)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 2000 {
				h.put(entry((i*7+g)%100, 10))
				h.get(fmt.Sprintf("/%d", i%100))
				if i%500 == g {
					h.purge()
				}
				h.drop(fmt.Sprintf("/%d", (i+g)%100))
			}
		})
	}
	all.Wait()
	var n, size int64
	h.entries.Range(func(_, v any) bool { n++; size += v.(*answer).cost(); return true })
	if n != h.count.Load() || size != h.bytes.Load() || int(n) != len(h.queue) || size > h.limit {
		t.Errorf("%d entries with %d bytes, counted %d and %d, queued %d", n, size, h.count.Load(), h.bytes.Load(), len(h.queue))
	}
}

// The log comes in one piece, within a second or so.
func TestLazyWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b lockedBuffer
		w := newLazyWriter(&b)
		log := slog.New(slog.NewTextHandler(w, nil))
		log.Info("one")
		time.Sleep(900 * time.Millisecond)
		log.Info("too")
		if b.String() != "" {
			t.Error("it was written at once")
		}
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		if strings.Count(b.String(), "\n") != 2 {
			t.Errorf("after a second: %q", b.String())
		}
		log.Info("two")
		if err := w.Flush(); err != nil || !strings.Contains(b.String(), "two") {
			t.Errorf("%v %s", err, b.String())
		}
	})
}

func BenchmarkHot(b *testing.B) {
	f := files(b)
	for name, access := range map[string]*slog.Logger{"silent": nil, "logged": slog.New(slog.NewJSONHandler(newLazyWriter(&nothing{}), nil))} {
		b.Run(name, func(b *testing.B) {
			s := New(Options{Files: f, Cache: f.c, Access: access})
			h := s.Public()
			r := asked("127.0.0.1", false)
			r.URL.Path = infoPath
			w := &nowhere{h: map[string][]string{}}
			h.ServeHTTP(w, r)
			b.ReportAllocs()
			for b.Loop() {
				clear(w.h)
				h.ServeHTTP(w, r)
			}
		})
	}
}

type nothing struct{}

func (nothing) Write(p []byte) (int, error) { return len(p), nil }
