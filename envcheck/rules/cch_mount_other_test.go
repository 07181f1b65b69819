//go:build !linux

package rules

import "testing"

// A tmpfs and another user are had on Linux alone.
func mountReproductions() []reproduction { return nil }

func asNobody(t *testing.T, _ *world, _ string) { orSkip(t, false, "Linux is needed, to run go as nobody") }
