package fill

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/proxy"
)

// P15 on a real file system that is full: nothing partial is left, the client is
// told, what is there goes on being served, and with room again all is well.
func TestP15RealNoRoom(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("no file system can be mounted: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	w := helloWorld(t)
	noise := make([]byte, 1<<20)
	_, _ = rand.Read(noise)
	w.add(t, "example.com/large", "v1.0.0", string(noise))
	s := &site{t: t, dir: dir}
	s.open(w, logged(t, w), nil)
	defer s.close()
	s.get(helloZip)
	const large = "example.com/large/@v/v1.0.0.zip"
	for range 2 {
		err := s.fails(large, proxy.ErrUnavailable)
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%v", err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".yingzao", "partial", "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, full := s.cache.Free(); !full {
		t.Error("the cache does not say that it is full")
	}
	s.get(helloZip)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=8m"); err != nil {
		t.Fatal(err)
	}
	if got := s.get(large); len(got) != len(w.zips[module.Version{Path: "example.com/large", Version: "v1.0.0"}]) {
		t.Errorf("%d bytes", len(got))
	}
	if _, err := os.Stat(filepath.Join(dir, "example.com", "large", "@v", "v1.0.0.ziphash")); err != nil {
		t.Error(err)
	}
}
