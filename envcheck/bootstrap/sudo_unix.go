//go:build unix

package bootstrap

import (
	"os"
	"strconv"
	"syscall"
)

// underSudo reports whether root works in the home folder of whoever called sudo,
// which keeps HOME on many systems.
func (d *Desk) underSudo() bool {
	by := d.getenv("SUDO_UID")
	info, err := os.Stat(d.Home)
	if by == "" || by == "0" || d.Snapshot.Machine.UID != 0 || err != nil {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && by == strconv.Itoa(int(st.Uid))
}
