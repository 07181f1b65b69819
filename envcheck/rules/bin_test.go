package rules

import "testing"

func TestBIN(t *testing.T) { reproduceAll(t, binReproductions()) }

func binReproductions() []reproduction {
	return nil
}
