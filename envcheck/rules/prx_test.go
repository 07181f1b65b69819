package rules

import "testing"

func TestPRX(t *testing.T) { reproduceAll(t, prxReproductions()) }

func prxReproductions() []reproduction {
	return nil
}
