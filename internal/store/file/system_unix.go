//go:build !windows

package file

import (
	"errors"
	"os"
	"syscall"
)

// noSpace reports whether the disk or the quota is full.
func noSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// flushDir makes the names in a directory survive a power cut. Some network
// file systems have no such call; they are no worse off than without it.
func flushDir(dir *os.File) error {
	err := dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}

// noLinks reports whether the file system has no hard links. FAT answers EPERM.
func noLinks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EPERM)
}
