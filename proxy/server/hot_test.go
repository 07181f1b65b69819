package server

import (
	"bytes"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
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
		limit int64
		kind  proxy.Kind
		size  int64
		want  bool
	}{
		{0, proxy.Info, 64 << 10, true}, {0, proxy.Info, 64<<10 + 1, false}, {0, proxy.Zip, 1 << 20, true}, {0, proxy.Zip, 1<<20 + 1, false},
		{-1, proxy.Info, 0, false}, {1 << 20, proxy.Zip, 500 << 10, false},
	} {
		if got := newHot(tc.limit).fits(tc.kind, tc.size); got != tc.want {
			t.Errorf("%+v: %v", tc, got)
		}
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
	var b lockedBuffer
	w := newLazyWriter(&b)
	log := slog.New(slog.NewTextHandler(w, nil))
	log.Info("one")
	if b.String() != "" {
		t.Error("it was written at once")
	}
	for deadline := time.Now().Add(10 * time.Second); b.String() == "" && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	log.Info("two")
	if err := w.Flush(); err != nil || !bytes.Contains([]byte(b.String()), []byte("two")) {
		t.Errorf("%v %s", err, b.String())
	}
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
