package rules

import "testing"

func TestMOD(t *testing.T) { reproduceAll(t, modReproductions()) }

func modReproductions() []reproduction {
	return nil
}
