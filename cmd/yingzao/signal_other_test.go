//go:build !linux

package main

import "testing"

func TestSignals(t *testing.T) {
	t.Skip("the processes of a run are found in /proc, and only Linux ends children with their parent")
}
