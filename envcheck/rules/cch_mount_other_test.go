//go:build !linux

package rules

import "testing"

// mounted and asNobody need Linux.
func mounted(_, _, _ string) func(*testing.T, *world) {
	return func(t *testing.T, _ *world) { orSkip(t, false, "Linux is needed, to mount a tmpfs") }
}

func asNobody(t *testing.T, _ *world, _ string) {
	orSkip(t, false, "Linux is needed, to run go as nobody")
}
