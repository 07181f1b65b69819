//go:build !unix

package gather

import "os"

func openFile(path string) (*os.File, error) { return os.Open(path) }

func owner(os.FileInfo) int { return -1 }

// writable goes by the read-only mark: lists of access rights are not read.
func writable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o200 != 0
}

func enterable(path string) bool { return isDir(path) }
