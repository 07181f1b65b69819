package rules

import (
	"slices"
	"testing"
)

func TestENV(t *testing.T) { reproduceAll(t, envReproductions()) }

func envReproductions() []reproduction {
	return slices.Concat(envFileReproductions(), envProcessReproductions())
}
