package file_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// tmpfs mounts a small file system.
func tmpfs(t *testing.T, flags uintptr, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, options); err != nil {
		need(t, "the right to mount a tmpfs ("+err.Error()+")")
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestDiskFull(t *testing.T) {
	dir := tmpfs(t, 0, "size=680k") // kept object, two parts and their copy are 700k
	st := open(t, dir)
	put(t, st, "v1/kept", strings.Repeat("k", 100<<10))
	big := strings.Repeat("b", 700<<10)
	for _, o := range []store.PutOptions{{}, {IfAbsent: true}} {
		wantError(t, tryPut(t, st, "v1/big", big, o), store.ErrNoSpace, dir)
		wantError(t, tryPut(t, st, "new/big", big, store.PutOptions{}), store.ErrNoSpace, "free some space")
	}
	if got := strings.Join(files(t, dir), " "); got != "v1 v1/kept" {
		t.Errorf("left behind: %s", got)
	}
	// Two parts fit, their copy does not; the parts survive.
	u := begin(t, st, "v2/a", strings.Repeat("1", 150<<10), strings.Repeat("2", 150<<10))
	_, err := u.Commit(t.Context())
	wantError(t, err, store.ErrNoSpace, dir)
	_, err = u.Part(t.Context(), 3, strings.NewReader(big), int64(len(big)))
	wantError(t, err, store.ErrNoSpace, dir)
	if got := strings.Join(keys(t, st), " "); got != "v1/kept" {
		t.Errorf("keys %s", got)
	}
	if err := st.Delete(t.Context(), "v1/kept"); err != nil {
		t.Fatal(err)
	}
	if info, err := u.Commit(t.Context()); err != nil || info.Size != 300<<10 {
		t.Errorf("after making room: %+v, %v", info, err)
	}
	if got := strings.Join(files(t, dir), " "); got != "v2 v2/a" {
		t.Errorf("files %s", got)
	}
}

// A name needs room as well.
func TestOutOfInodes(t *testing.T) {
	dir := tmpfs(t, 0, "size=10m,nr_inodes=5") // root, area, temp file, and two to spare
	st := open(t, dir)
	wantError(t, tryPut(t, st, "a/b/c/d", "x", store.PutOptions{}), store.ErrNoSpace, dir)
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("left behind: %q", got)
	}
	put(t, st, "a", "x")
}

func TestReadOnlyFileSystem(t *testing.T) {
	dir := tmpfs(t, 0, "size=600k")
	st := open(t, dir)
	put(t, st, "a", "x")
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	wantError(t, tryPut(t, st, "b", "x", store.PutOptions{}), store.ErrDenied, dir+" is on a read-only file system")
	_, err := st.Begin(t.Context(), "b", store.PutOptions{})
	wantError(t, err, store.ErrDenied, "read-only")
	wantError(t, st.Delete(t.Context(), "a"), store.ErrDenied, "read-only")
	if got := strings.Join(keys(t, st), " "); got != "a" {
		t.Errorf("keys %s", got)
	}
}

func TestNotOurDirectory(t *testing.T) {
	base, err := os.MkdirTemp("", "store") // t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	dir := filepath.Join(base, "site")
	st := open(t, dir)
	put(t, st, "v1/a", "x")
	if err := errors.Join(os.Chmod(base, 0o755), os.Mkdir(dir+"/private", 0o700), os.WriteFile(dir+"/private/p", nil, 0o600), os.Chmod(dir, 0o555)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	asNobody(t, func() {
		wantError(t, tryPut(t, st, "v1/b", "x", store.PutOptions{}), store.ErrDenied, "check owner and mode of "+dir+"/v1/b")
		wantError(t, tryPut(t, open(t, dir+"/new/store"), "b", "x", store.PutOptions{}), store.ErrDenied, "owner and mode")
		if os.Getuid() == 0 { // otherwise the files are our own
			wantError(t, st.Delete(t.Context(), "v1/a"), store.ErrDenied, "owner and mode")
			_, _, err := st.Get(t.Context(), "private/p", 0, -1)
			wantError(t, err, store.ErrDenied, "owner and mode")
			wantError(t, st.List(t.Context(), "private/", func(store.Info) error { return nil }), store.ErrDenied, "owner and mode")
		}
		if _, err := st.Head(t.Context(), "v1/a"); err != nil {
			t.Error(err)
		}
	})
}

// asNobody runs fn on a thread whose file accesses are those of an ordinary
// user; the thread ends with it.
func asNobody(t *testing.T, fn func()) {
	if os.Getuid() != 0 {
		fn()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked
		if _, err := unix.SetfsuidRetUid(65534); err != nil {
			t.Error(err)
			return
		}
		fn()
	}()
	<-done
}
