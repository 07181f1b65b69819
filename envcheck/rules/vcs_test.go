package rules

import "testing"

func TestVCS(t *testing.T) { reproduceAll(t, vcsReproductions()) }

func vcsReproductions() []reproduction {
	return nil
}
