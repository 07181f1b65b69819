package cache

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

// keys lists the tree without what belongs to a zip.
func keys(t testing.TB, c *Cache) string {
	t.Helper()
	var all []string
	err := c.Walk(t.Context(), "", func(e Entry) error {
		if !strings.HasSuffix(e.Key, hashExt) {
			all = append(all, strings.ReplaceAll(e.Key, "example.com/", ""))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}

// P17: least recently used first, zips before the rest; what is pinned, young or
// being filled stays.
func TestP17Quota(t *testing.T) {
	at := &clock{noon}
	pinned := key(proxy.Zip, "example.com/pinned", "v1.0.0")
	o := Options{Dir: filepath.Join(t.TempDir(), "cache"), Now: at.Now, Budget: 1, Keep: func(key string) bool { return key == pinned }}
	c := open(t, o)
	put := func(path string) (zip string) {
		t.Helper()
		zipped, h1 := moduleZip(t, path, "v1.0.0", 100_000)
		mustFill(t, c, key(proxy.Zip, path, "v1.0.0"), zipped, Record{H1: h1})
		mustFill(t, c, key(proxy.Mod, path, "v1.0.0"), []byte("module "+path+"\n"), Record{})
		return key(proxy.Zip, path, "v1.0.0")
	}
	put("example.com/pinned")
	old := put("example.com/old")
	often := put("example.com/often")
	mustFill(t, c, "dl/go1.26.8.linux-amd64.tar.gz", make([]byte, 1000), Record{})
	if err := c.Write(t.Context(), "sumdb/s/tile/8/0/000.p/1", make([]byte, 32), Record{}); err != nil {
		t.Fatal(err)
	}
	if err := c.WriteMutable(t.Context(), key(proxy.List, "example.com/old", ""), []byte("v1.0.0\n")); err != nil {
		t.Fatal(err)
	}
	at.now = noon.Add(2 * time.Hour)
	c.Used(often)
	young := put("example.com/young")

	c.o.Budget = 350_000
	before := c.Usage()
	got, err := c.Collect(t.Context())
	if err != nil || got.Removed != 2 || got.After > c.o.Budget || got.Before <= got.After || got.Before < before {
		t.Fatalf("%+v, %v; %d bytes known before", got, err, before)
	}
	if c.Has(old) || c.Has("dl/go1.26.8.linux-amd64.tar.gz") || !c.Has(often) || !c.Has(pinned) || !c.Has(young) {
		t.Fatalf("left: %s", keys(t, c))
	}
	if _, err := os.Stat(filepath.Join(c.Dir(), filepath.FromSlash(hashKey(old)))); err == nil {
		t.Error("its .ziphash stayed")
	}
	if _, err := c.Record(t.Context(), old); err != nil {
		t.Errorf("what must come again is not known any more: %v", err)
	}
	if c.Usage() != got.After {
		t.Errorf("usage %d, %+v", c.Usage(), got)
	}
	if again, err := c.Collect(t.Context()); err != nil || again.Removed != 0 {
		t.Errorf("a second time: %+v, %v", again, err)
	}

	// Everything may go now; what is being filled again may not.
	p, err := c.Create(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	held, err := c.take(often)
	if err != nil || held == nil {
		t.Fatal(err)
	}
	c.o.Budget = 1
	if got, err = c.Collect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := "often/@v/v1.0.0.zip pinned/@v/v1.0.0.zip young/@v/v1.0.0.mod young/@v/v1.0.0.zip sumdb/s/tile/8/0/000.p/1"; keys(t, c) != want {
		t.Errorf("left %s\nwant %s", keys(t, c), want)
	}
	zipped, h1 := moduleZip(t, "example.com/old", "v1.0.0", 100_000)
	if _, err := p.WriteAt(zipped, 0); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(t.Context(), Record{H1: h1}); err != nil {
		t.Errorf("what was being filled while it was collected: %v", err)
	}
	if err := held.Park(); err != nil {
		t.Error(err)
	}
	// Another process knows it from the disk.
	if other := open(t, Options{Dir: c.Dir()}); other.Usage() != got.After {
		t.Errorf("another process thinks of %d bytes, not %d", other.Usage(), got.After)
	}
}

func TestPartialFilesEnd(t *testing.T) {
	at := &clock{time.Now()}
	c := open(t, Options{Now: at.Now})
	for n := range 3 {
		p, err := c.Create(t.Context(), key(proxy.Zip, killed, version(n)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.WriteAt([]byte("half"), 0); err != nil {
			t.Fatal(err)
		}
		if n < 2 {
			err = p.Park()
		} else {
			defer p.Park() // somebody has it
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, err := c.Collect(t.Context()); err != nil || got.Partial != 0 {
		t.Errorf("young ones: %+v, %v", got, err)
	}
	at.now = at.now.Add(8 * 24 * time.Hour)
	if got, err := c.Collect(t.Context()); err != nil || got.Partial != 2 {
		t.Errorf("old ones: %+v, %v", got, err)
	}
}

func TestLastUses(t *testing.T) {
	at := &clock{noon}
	dir := filepath.Join(t.TempDir(), "cache")
	last := func() string {
		t.Helper()
		at, err := open(t, Options{Dir: dir}).lastUses()
		if err != nil {
			t.Error(err)
		}
		var all []string
		for _, k := range slices.Sorted(maps.Keys(at)) {
			all = append(all, fmt.Sprint(k[len(k)-1:], at[k]-noon.Unix()))
		}
		return strings.Join(all, " ")
	}
	c, err := Open(t.Context(), Options{Dir: dir, Now: at.Now})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"dl/a", "dl/b", "dl/c"} {
		mustFill(t, c, k, []byte(k), Record{})
	}
	c.Used("dl/a")
	c.Used("dl/b")
	if got := last(); got != "" {
		t.Errorf("written at once: %s", got)
	}
	at.now = at.now.Add(usedEvery)
	c.Used("dl/b") // it is time
	c.work.Wait()
	if got := last(); got != "a0 b60" {
		t.Errorf("after a minute: %s", got)
	}
	at.now = at.now.Add(time.Second)
	c.Used("dl/a")
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if got := last(); got != "a61 b60" {
		t.Errorf("after Close: %s", got)
	}
	c = open(t, Options{Dir: dir, Now: at.Now})
	for n := range 1000 { // a flood of names that exist nowhere
		c.Used(fmt.Sprint("dl/none", n))
	}
	if _, err := c.Collect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := last(); got != "a61 b60" {
		t.Errorf("after Collect: %.100s", got)
	}
}

// Whoever collects does not hold up those who note uses, and nothing is lost.
func TestLastUsesWait(t *testing.T) {
	c := open(t, Options{})
	lock, err := c.lock(false)
	if err != nil || lock == nil {
		t.Fatal(err)
	}
	for n := range usedKeys {
		c.Used(fmt.Sprint("dl/", n))
	}
	c.work.Wait()
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.flushUsed(true); err != nil {
		t.Fatal(err)
	}
	if at, err := c.lastUses(); err != nil || len(at) != usedKeys {
		t.Errorf("%d uses, %v", len(at), err)
	}
}

func FuzzUsed(f *testing.F) {
	f.Add([]byte("\n1 a/b\n2 a/b\n7 c\n"), "k", int64(5))
	f.Add([]byte("1763700000 example.com/a/@v/v1.0.0.zip\n17637"), "a b", int64(1))
	f.Add([]byte("x y\n-1 z\n99999999999999999999 q\n3 ../up\n"), "a\nb", int64(1))
	f.Fuzz(func(t *testing.T, data []byte, key string, when int64) {
		at := map[string]int64{}
		parseUsed(data, at)
		for k := range at {
			if store.ValidKey(k) != nil || at[k] <= 0 {
				t.Fatalf("%q %d", k, at[k])
			}
		}
		if store.ValidKey(key) == nil && when > 0 {
			at[key] = when
		}
		again := map[string]int64{}
		parseUsed(append([]byte("12 torn"), formatUsed(at)...), again)
		delete(again, "torn")
		delete(at, "torn")
		if !maps.Equal(at, again) {
			t.Fatalf("%v, %v", slices.Collect(maps.Keys(at)), slices.Collect(maps.Keys(again)))
		}
	})
}
