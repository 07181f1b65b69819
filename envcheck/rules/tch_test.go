package rules

import "testing"

func TestTCH(t *testing.T) { reproduceAll(t, tchReproductions()) }

func tchReproductions() []reproduction {
	return nil
}
