package rules

import "testing"

func TestWIN(t *testing.T) { reproduceAll(t, winReproductions()) }

func winReproductions() []reproduction {
	return nil
}
