package filelock

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// lock locks an open file without waiting.
func lock(f *os.File) (bool, error) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	switch err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped)); {
	case err == nil:
		return true, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return false, nil
	default:
		return false, &fs.PathError{Op: "LockFileEx", Path: f.Name(), Err: err}
	}
}

// Remove ends the lock, then removes the file: an open one cannot be removed. Who
// opens it in between has it, and removes it in turn.
func (l *Lock) Remove() error {
	err := l.file.Close()
	if e := os.Remove(l.file.Name()); e != nil && !errors.Is(e, fs.ErrNotExist) && !errors.Is(e, windows.ERROR_SHARING_VIOLATION) {
		err = errors.Join(err, e)
	}
	return err
}
