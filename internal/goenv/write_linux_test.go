package goenv

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestWriteFileFull fills a small file system, then makes it read-only: the old
// content stays, and no temporary file.
func TestWriteFileFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a small file system")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=600k"); err != nil {
		t.Skip("no tmpfs here: ", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	path := filepath.Join(dir, "env")
	if err := WriteFile(path, []byte("A=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, bytes.Repeat([]byte("A=2\n"), 1<<18), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("1 MiB on 600 KiB: %v", err)
	}
	unchanged(t, path)
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("A=3\n"), 0o600); !errors.Is(err, syscall.EROFS) {
		t.Errorf("on a read-only file system: %v", err)
	}
	unchanged(t, path)
}

func unchanged(t *testing.T, path string) {
	t.Helper()
	if data, err := os.ReadFile(path); string(data) != "A=1\n" {
		t.Errorf("now %d bytes, %v", len(data), err)
	}
	if got := names(t, filepath.Dir(path)); len(got) != 1 {
		t.Errorf("left over: %q", got)
	}
}

// TestWriteFileOwner lets root repair the file of a user.
func TestWriteFileOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may give files away")
	}
	path := filepath.Join(t.TempDir(), "env")
	write(t, path, "A=1\n")
	if err := os.Chown(path, 65534, 65533); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("A=2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if st := info.Sys().(*syscall.Stat_t); st.Uid != 65534 || st.Gid != 65533 {
		t.Errorf("the file now belongs to %d:%d", st.Uid, st.Gid)
	}
}
