package rules

import "testing"

func TestPRV(t *testing.T) { reproduceAll(t, prvReproductions()) }

func prvReproductions() []reproduction {
	return nil
}
