//go:build unix

package fetch

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

const isWindows = false

// lockFile locks an open file without waiting. Children do not inherit the lock,
// since Go opens files close-on-exec.
func lockFile(f *os.File) (bool, error) {
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

// removeLocked removes the file while it is locked, so that nobody locks it in
// between.
func removeLocked(f *os.File) {
	_ = os.Remove(f.Name())
	_ = f.Close()
}
