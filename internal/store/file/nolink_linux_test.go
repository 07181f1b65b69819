package file

import (
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// A file system without hard links, as FAT: link answers EPERM, and the rename
// that does not replace takes its place.
func TestWithoutHardLinks(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.EPERM, syscall.ENOTSUP, syscall.ENOSYS} {
		st, err := New(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		st.link = func(_ *os.Root, old, new string) error {
			return &os.LinkError{Op: "linkat", Old: old, New: new, Err: errno}
		}
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				_, err := st.Put(t.Context(), "v1/a", strings.NewReader("x"), 1, store.PutOptions{IfAbsent: true})
				if err == nil {
					won.Add(1)
				} else if !errors.Is(err, store.ErrExists) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%v: %d writers won", errno, won.Load())
		}
		_, err = st.Put(t.Context(), "v1/a/b", strings.NewReader("x"), 1, store.PutOptions{IfAbsent: true})
		if !errors.Is(err, store.ErrInvalidKey) {
			t.Error(err)
		}
	}
}

func TestLinkFails(t *testing.T) {
	st, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	st.link = func(*os.Root, string, string) error { return &os.LinkError{Op: "linkat", Err: syscall.EIO} }
	_, err = st.Put(t.Context(), "v1/deep/a", strings.NewReader("x"), 1, store.PutOptions{IfAbsent: true})
	if !errors.Is(err, syscall.EIO) {
		t.Error(err)
	}
	if left, _ := os.ReadDir(st.dir); len(left) != 0 { // the directories made for it are gone, too
		t.Errorf("left behind: %v", left)
	}
}
