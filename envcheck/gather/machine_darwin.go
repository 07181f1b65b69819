package gather

import "golang.org/x/sys/unix"

// translated: Rosetta shows an Intel machine to Intel programs.
func translated() bool {
	n, err := unix.SysctlUint32("sysctl.proc_translated")
	return err == nil && n == 1
}
