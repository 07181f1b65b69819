package publish

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// storeDir is a folder for a store, in memory where there is plenty: a store
// flushes every object to the disk, and waiting for that would be most of the
// time of these tests, none of which pulls the plug.
func storeDir(t testing.TB) string {
	t.Helper()
	const memory = "/dev/shm"
	var fs unix.Statfs_t
	if unix.Statfs(memory, &fs) != nil || fs.Bavail*uint64(fs.Bsize) < 512<<20 {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "publish-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
