//go:build unix

package gather

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// openFile opens for reading; should the file have become a pipe since it was
// looked at, it does not wait for a writer.
func openFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

func owner(info os.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid)
	}
	return -1
}

// writable asks without writing.
func writable(path string) bool { return unix.Access(path, unix.W_OK) == nil }

// enterable reports whether a command could be run in a folder.
func enterable(path string) bool { return unix.Access(path, unix.X_OK) == nil }
