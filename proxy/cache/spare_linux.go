package cache

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// memoryFile makes a file that is in memory alone, and gone with its last descriptor.
// Its name opens it again.
func memoryFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("yingzao", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	f := os.NewFile(uintptr(fd), "/proc/self/fd/"+strconv.Itoa(fd))
	if _, err := os.Stat(f.Name()); err != nil { // no /proc
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
