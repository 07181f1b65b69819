package rules

import (
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// both records one thing after the other.
func both(changes ...func(*testing.T, *envcheck.Snapshot)) func(*testing.T, *envcheck.Snapshot) {
	return func(t *testing.T, s *envcheck.Snapshot) {
		for _, c := range changes {
			c(t, s)
		}
	}
}

func contains(text, part string) bool { return strings.Contains(text, part) }
