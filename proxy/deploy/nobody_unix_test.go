//go:build unix

package deploy

import (
	"os"
	"os/exec"
	"syscall"
)

// asNobody runs a command as a user without a name, in group 0, as OpenShift does;
// an ordinary user runs it as himself.
func asNobody(cmd *exec.Cmd) {
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 1000660000, Gid: 0}}
	}
}
