package bundle

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// exchange puts the folder from under the name to; what was there is then under
// from or aside, both of which the caller removes.
func exchange(from, to, aside string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_EXCHANGE)
	if err == nil || errors.Is(err, fs.ErrNotExist) && !exists(to) {
		if err != nil {
			err = os.Rename(from, to)
		}
		return err
	}
	return replace(from, to, aside) // a file system that cannot exchange
}
