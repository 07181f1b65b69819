package deploy

import "os/exec"

func asNobody(*exec.Cmd) {}
