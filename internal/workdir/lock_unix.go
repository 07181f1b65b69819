//go:build unix

package workdir

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// tryLock locks the file for this process without waiting. The lock belongs to
// the open file: children do not inherit it, since Go opens files close-on-exec.
func tryLock(f *os.File) (bool, error) {
	for {
		switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
		case err == nil:
			return true, nil
		case errors.Is(err, unix.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, unix.EINTR):
			return false, &fs.PathError{Op: "flock", Path: f.Name(), Err: err}
		}
	}
}

// unlinkLocked removes the file while it is locked, so that nobody locks it in
// between.
func unlinkLocked(f *os.File) error {
	return errors.Join(os.Remove(f.Name()), f.Close())
}

func userName() string { return strconv.Itoa(os.Geteuid()) }

func ours(fi fs.FileInfo) bool {
	st, ok := fi.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}

func private(fi fs.FileInfo) bool { return fi.Mode().Perm()&0o077 == 0 }
