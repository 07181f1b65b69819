//go:build unix

package server

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyDump tells when somebody wants a dump of the flight recorder.
func notifyDump(to chan<- os.Signal) { signal.Notify(to, syscall.SIGUSR1) }
