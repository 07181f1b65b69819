//go:build unix

package workdir

import (
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

func userName() string { return strconv.Itoa(os.Geteuid()) }

func ours(fi fs.FileInfo) bool {
	st, ok := fi.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}

func private(fi fs.FileInfo) bool { return fi.Mode().Perm()&0o077 == 0 }
