//go:build unix

package gather

import (
	"os/exec"
	"syscall"
)

// inGroup gives a command a process group of its own and ends the whole group
// with it: a script that stands for go would leave its children behind.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
