package rules

import "testing"

func TestNET(t *testing.T) { reproduceAll(t, netReproductions()) }

func netReproductions() []reproduction {
	return nil
}
