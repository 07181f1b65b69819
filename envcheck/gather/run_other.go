//go:build !unix

package gather

import "os/exec"

func inGroup(*exec.Cmd) {}
