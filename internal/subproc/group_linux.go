package subproc

import (
	"os/exec"
	"syscall"
)

// ownGroup gives cmd a process group that cancellation kills as a whole, and
// lets the kernel kill the child when we die without a chance to.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if cmd.Cancel != nil {
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	}
}
