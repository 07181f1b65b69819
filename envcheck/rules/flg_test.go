package rules

import "testing"

func TestFLG(t *testing.T) { reproduceAll(t, flgReproductions()) }

func flgReproductions() []reproduction {
	return nil
}
