// Package subproc runs commands that leave nothing behind: each in a process
// group of its own, which ends as a whole with the command's context, or where
// the kernel can do that with this process, however it ends.
package subproc

import (
	"os/exec"
	"runtime"
	"time"
)

// Run runs a prepared command. The thread is held so that the kernel's death
// signal is tied to this process and not to a thread that the runtime may retire.
// A WaitDelay of 0 becomes a second: what a grandchild holds open does not hold us.
func Run(cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ownGroup(cmd)
	if cmd.WaitDelay == 0 {
		cmd.WaitDelay = time.Second
	}
	return cmd.Run()
}
