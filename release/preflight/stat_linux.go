package preflight

import (
	"os"
	"syscall"
	"time"
)

// changeTime is when the inode changed last; ok is false where that is not to
// be had.
func changeTime(fi os.FileInfo) (t time.Time, ok bool) {
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(int64(st.Ctim.Sec), int64(st.Ctim.Nsec)), true //nolint:unconvert // int32 on some architectures
}
