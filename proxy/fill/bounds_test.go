package fill

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// P26: a flood of unknown names. What is remembered is bounded, however many.
func TestP26Flood(t *testing.T) {
	w := newWorld()
	s := newSite(t, w, &database{}, nil)
	names := 2_000 // through the whole path; 1,000,000 through the memory alone, below
	ctx := context.Background()
	for i := range names {
		f := proxy.File{Kind: proxy.Mod, Module: "example.com/flood" + itoa(i), Version: "v1.0.0"}
		if _, err := s.Get(ctx, f); !errors.Is(err, proxy.ErrNotFound) {
			t.Fatal(err)
		}
		if i%100 == 0 {
			w.set(func(w *world) { w.asked = nil })
			s.mu.Lock()
			s.events = nil
			s.mu.Unlock()
		}
	}
	if n := len(s.misses.young) + len(s.misses.old); n > 2*generation {
		t.Errorf("%d names are remembered", n)
	}
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	if len(s.files.byKey) != 0 {
		t.Errorf("%d flights are left", len(s.files.byKey))
	}
}

func TestP26Memory(t *testing.T) {
	var m misses
	long := string(make([]byte, 600))
	until := time.Now().Add(time.Minute)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 1_000_000 {
		m.add(itoa(i)+long[:i%7*100], until, nil)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	kept := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	if n := len(m.young) + len(m.old); n > 2*generation || kept > 8<<20 {
		t.Errorf("%d names, %d bytes", n, kept)
	}
	t.Logf("1,000,000 names: %d kept, %d KiB", len(m.young)+len(m.old), kept>>10)
	last := itoa(999_999) + long[:999_999%7*100]
	if _, ok := m.find(last, until.Add(-time.Second)); !ok {
		t.Error("the youngest is forgotten")
	}
	if _, ok := m.find(last, until); ok {
		t.Error("it is remembered for too long")
	}
	if _, ok := m.find("0", until.Add(-time.Second)); ok {
		t.Error("the oldest is kept")
	}
	m.forget(last)
	if _, ok := m.find(last, until.Add(-time.Second)); ok {
		t.Error("what was fetched after all is still called absent")
	}
}

func TestPinsAdd(t *testing.T) {
	p := Pins{}
	if err := p.Add("a/go.sum", []byte("example.com/a v1.0.0 h1:one\nexample.com/a v1.0.0/go.mod h1:two\r\n\nexample.com/a v1.0.0 h2:later\n")); err != nil {
		t.Fatal(err)
	}
	if len(p) != 2 || p[module.Version{Path: "example.com/a", Version: "v1.0.0"}] != "h1:one" || p[module.Version{Path: "example.com/a", Version: "v1.0.0/go.mod"}] != "h1:two" {
		t.Errorf("%v", p)
	}
	if err := p.Add("same/go.sum", []byte("example.com/a v1.0.0 h1:one\n")); err != nil {
		t.Error(err)
	}
	for file, want := range map[string]string{
		"example.com/a v1.0.0 h1:other\n": "b/go.sum:1: another go.sum has a different hash for example.com/a v1.0.0",
		"\nexample.com/a v1.0.0\n":        "b/go.sum:2: expected a module, a version and a hash",
	} {
		err := p.Add("b/go.sum", []byte(file))
		if err == nil || err.Error() != want || msg.KindOf(err) != msg.Usage {
			t.Errorf("%q: %v, want %s", file, err, want)
		}
	}
}

func FuzzPins(f *testing.F) {
	f.Add([]byte("example.com/a v1.0.0 h1:one\nexample.com/a v1.0.0/go.mod h1:two\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := Pins{}
		if err := p.Add("go.sum", data); err != nil {
			return
		}
		n := len(p)
		if err := p.Add("go.sum", data); err != nil || len(p) != n {
			t.Fatalf("the same file twice: %v", err)
		}
	})
}
