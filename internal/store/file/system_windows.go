package file

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// noSpace reports whether the disk or the quota is full.
func noSpace(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}

// flushDir does nothing: Windows journals directories and cannot flush them.
func flushDir(*os.File) error { return nil }

// noLinks reports whether the file system has no hard links, as FAT.
func noLinks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, windows.ERROR_INVALID_FUNCTION)
}
