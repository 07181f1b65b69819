package rules

import "testing"

func TestCGO(t *testing.T) { reproduceAll(t, cgoReproductions()) }

func cgoReproductions() []reproduction {
	return nil
}
