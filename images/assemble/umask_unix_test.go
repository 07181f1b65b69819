//go:build unix

package assemble

import "syscall"

func umask(mask int) { syscall.Umask(mask) }
