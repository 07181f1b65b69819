package goenv

import (
	"path"
	"strings"

	"golang.org/x/mod/module"
)

// Pattern is one entry of GOPRIVATE, GONOPROXY, GONOSUMDB or GOINSECURE.
type Pattern struct {
	Raw string // as it stands between the commas; nothing is trimmed by the go command
	// Broken is set where the go command ignores the entry: a malformed glob.
	Broken bool
}

// Patterns is a list of them, in order.
type Patterns []Pattern

// ParsePatterns splits a list at its commas. Empty entries match nothing and
// are left out. It never fails, as the go command never does.
func ParsePatterns(value string) Patterns {
	var out Patterns
	for raw := range strings.SplitSeq(value, ",") {
		if raw == "" {
			continue
		}
		_, err := path.Match(strings.TrimSuffix(raw, "/"), "")
		out = append(out, Pattern{Raw: raw, Broken: err != nil})
	}
	return out
}

// Matches reports whether this entry alone matches the module path.
func (p Pattern) Matches(modulePath string) bool {
	return module.MatchPrefixPatterns(p.Raw, modulePath)
}

// MatchPatterns reports whether a module path is matched by the list, by the
// same function that the go command calls.
func MatchPatterns(value, modulePath string) bool {
	return module.MatchPrefixPatterns(value, modulePath)
}
