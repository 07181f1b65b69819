package rules

import "testing"

func TestCCH(t *testing.T) { reproduceAll(t, cchReproductions()) }

func cchReproductions() []reproduction {
	return nil
}
