package msg

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the known word that a mistyped one most likely means: the
// closest within two edits, or a third of its length; "" when none is close.
// Of equals the first wins.
func Nearest(word string, known []string) string {
	word = strings.ToLower(word)
	best, limit := "", max(2, len(word)/3)+1
	for _, k := range known {
		if d := levenshtein.ComputeDistance(word, strings.ToLower(k)); d < limit {
			best, limit = k, d
		}
	}
	return best
}
