package file

import (
	"errors"
	"fmt"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

// renameNoReplace moves old to new unless new exists. It is for file systems
// without hard links (FAT, some shares); those that cannot do this either
// answer errors.ErrUnsupported.
func renameNoReplace(root *os.Root, old, new string) error {
	from, err := root.Open(path.Dir(old))
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := root.Open(path.Dir(new))
	if err != nil {
		return err
	}
	defer to.Close()
	err = unix.Renameat2(int(from.Fd()), path.Base(old), int(to.Fd()), path.Base(new), unix.RENAME_NOREPLACE)
	switch {
	case errors.Is(err, unix.EINVAL):
		return fmt.Errorf("renameat2: %w", errors.ErrUnsupported)
	case err != nil:
		return &os.LinkError{Op: "renameat2", Old: old, New: new, Err: err}
	}
	return nil
}
