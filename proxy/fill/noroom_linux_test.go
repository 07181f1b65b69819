package fill

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/proxy"
)

// fullSite is a site on a real file system of half a megabyte that is full but for a
// module, and another one that does not fit.
func fullSite(t *testing.T, change func(o *Options)) (*site, *world, *database) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k"); err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatal(err)
		}
		t.Skipf("no file system can be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	w := helloWorld(t)
	noise := make([]byte, 1<<20)
	_, _ = rand.Read(noise)
	w.add(t, "example.com/large", "v1.0.0", string(noise))
	s, db := &site{t: t, dir: dir}, logged(t, w)
	s.open(w, db, change)
	t.Cleanup(s.close)
	s.get(helloZip)
	return s, w, db
}

const largeZip = "example.com/large/@v/v1.0.0.zip"

var largeModule = module.Version{Path: "example.com/large", Version: "v1.0.0"}

// P15 on a real file system that is full: nothing partial is left, what does not fit
// is proven and answered from memory, what is there goes on being served, and with room
// again all is well.
func TestP15RealNoRoom(t *testing.T) {
	s, w, db := fullSite(t, nil)
	for range 2 {
		if got := s.get(largeZip); !bytes.Equal(got, w.zips[largeModule]) {
			t.Errorf("%d bytes", len(got))
		}
	}
	if n := w.requests("large@v1.0.0 (.zip)"); n != 2 { // once to the disk's end, and the rest once
		t.Errorf("fetched %d times", n)
	}
	if pieces := s.fetched(); pieces != int64(len(w.zips[largeModule])) {
		t.Errorf("%d bytes came of %d", pieces, len(w.zips[largeModule]))
	}
	if n := db.lookups(); n != 2 {
		t.Errorf("%d lookups", n)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, ".yingzao", "partial", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, full := s.cache.Free(); !full || s.cache.Has(largeZip) {
		t.Error("the cache does not say that it is full")
	}
	s.get(helloZip)
	s.spare.Close() // as after a while
	if n := s.spare.Used(); n != 0 {
		t.Errorf("%d bytes are still held", n)
	}
	if err := syscall.Mount("tmpfs", s.dir, "tmpfs", syscall.MS_REMOUNT, "size=8m"); err != nil {
		t.Fatal(err)
	}
	if got := s.get(largeZip); !bytes.Equal(got, w.zips[largeModule]) {
		t.Errorf("%d bytes", len(got))
	}
	if _, err := os.Stat(filepath.Join(s.dir, "example.com", "large", "@v", "v1.0.0.ziphash")); err != nil {
		t.Error(err)
	}
}

// fetched is how many bytes of large zips came.
func (s *site) fetched() (n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.What == Fetched && e.File.Module == largeModule.Path {
			for _, p := range e.Pieces {
				n += p.Bytes
			}
		}
	}
	return n
}

// P15: what memory has no room for either is trouble, with the disk's reason.
func TestP15NoRoomAnywhere(t *testing.T) {
	for _, limit := range []int64{-1, 1 << 19} {
		s, _, _ := fullSite(t, func(o *Options) { o.Memory = limit })
		for range 2 {
			if err := s.fails(largeZip, proxy.ErrUnavailable); !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("%v", err)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(s.dir, ".yingzao", "partial", "*")); len(left) > 0 || s.spare.Used() != 0 {
			t.Errorf("left behind: %v, %d bytes in memory", left, s.spare.Used())
		}
		if _, full := s.cache.Free(); !full {
			t.Error("the cache does not say that it is full")
		}
	}
}

// P15: nothing unproven is handed out from memory: not what the database does not have,
// and not, whatever the mode, what it cannot be asked about, for no record would be left.
func TestP15NoRoomUnproven(t *testing.T) {
	for _, mode := range []Mode{Strict, Async} {
		s, w, db := fullSite(t, func(o *Options) { o.Mode = mode })
		db.set(errDown)
		s.fails(largeZip, proxy.ErrUnavailable)
		db.set(nil)
		other := makeZip(t, "example.com/large@v1.0.0/", map[string]string{"go.mod": "module example.com/large\n", "a.go": string(w.zips[largeModule])})
		honest := w.zips[largeModule]
		w.set(func(w *world) { w.zips[largeModule] = other })
		s.fails(largeZip, proxy.ErrContent)
		if s.count(Quarantined) == 0 {
			t.Errorf("events: %v", s.events)
		}
		w.set(func(w *world) { w.zips[largeModule] = honest })
		s.misses.forget(largeZip)
		if got := s.get(largeZip); !bytes.Equal(got, honest) {
			t.Errorf("%d bytes", len(got))
		}
	}
}

// P15: small files too, where not one byte is left; and lists, which need no room.
func TestP15NoRoomSmall(t *testing.T) {
	s, w, _ := fullSite(t, nil)
	filler := filepath.Join(s.dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"example.com/large/@v/v1.0.0.info": w.infos[largeModule],
		"example.com/large/@v/v1.0.0.mod":  string(w.mods[largeModule]),
		"example.com/large/@v/list":        w.lists[largeModule.Path],
		"example.com/large/@latest":        w.infos[largeModule], // made of the two
	} {
		for range 2 {
			if got, err := s.try(path); err != nil || string(got) != want {
				t.Errorf("%s: %q, %v", path, got, err)
			}
		}
	}
	if got := s.get(largeZip); !bytes.Equal(got, w.zips[largeModule]) {
		t.Errorf("%d bytes", len(got))
	}
	if err := os.Remove(filler); err != nil { // so that what was used can be noted
		t.Error(err)
	}
}
