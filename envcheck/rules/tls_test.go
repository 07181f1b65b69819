package rules

import "testing"

func TestTLS(t *testing.T) { reproduceAll(t, tlsReproductions()) }

func tlsReproductions() []reproduction {
	return nil
}
