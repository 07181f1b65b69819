package rules

import (
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// allOf records one thing after the other.
func allOf(changes ...func(*testing.T, *envcheck.Snapshot)) func(*testing.T, *envcheck.Snapshot) {
	return func(t *testing.T, s *envcheck.Snapshot) {
		for _, c := range changes {
			c(t, s)
		}
	}
}
