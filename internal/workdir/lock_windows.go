package workdir

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/windows"
)

// tryLock locks the file for this process without waiting.
func tryLock(f *os.File) (bool, error) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	switch err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, new(windows.Overlapped)); {
	case err == nil:
		return true, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION):
		return false, nil
	default:
		return false, &fs.PathError{Op: "LockFileEx", Path: f.Name(), Err: err}
	}
}

// unlinkLocked closes the file first: an open one cannot be removed. A sweeper
// that opens it in between does the rest.
func unlinkLocked(f *os.File) error {
	err := f.Close()
	if e := os.Remove(f.Name()); e != nil && !errors.Is(e, fs.ErrNotExist) && !errors.Is(e, windows.ERROR_SHARING_VIOLATION) {
		err = errors.Join(err, e)
	}
	return err
}

// userName is the user's name without what a file name cannot hold; each user
// has a temporary directory of his own in any case.
func userName() string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`\/:*?"<>|. `, r) || r < ' ' {
			return '_'
		}
		return r
	}, os.Getenv("USERNAME"))
}

func ours(fs.FileInfo) bool { return true }

func private(fs.FileInfo) bool { return true }
