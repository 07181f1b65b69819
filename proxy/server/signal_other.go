//go:build !unix

package server

import "os"

// notifyDump does nothing where there is no such signal.
func notifyDump(chan<- os.Signal) {}
