package rules

import "testing"

func TestCI(t *testing.T) { reproduceAll(t, ciReproductions()) }

func ciReproductions() []reproduction {
	return nil
}
