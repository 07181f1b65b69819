package rules

import "testing"

func TestENV(t *testing.T) { reproduceAll(t, envReproductions()) }

func envReproductions() []reproduction {
	return nil
}
