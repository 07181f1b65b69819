package rules

import "testing"

func TestROOT(t *testing.T) { reproduceAll(t, rootReproductions()) }

func rootReproductions() []reproduction {
	return nil
}
