//go:build unix

package release

import "syscall"

func setUmask(mask int) { syscall.Umask(mask) }
