package rebuild

import "golang.org/x/sys/unix"

// freeBytes is what an ordinary user may still write.
func freeBytes(dir string) (n int64, known bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * int64(st.Bsize), true
}
