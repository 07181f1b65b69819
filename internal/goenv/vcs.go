package goenv

import (
	"fmt"
	"strings"
)

// VCSRule is one entry of GOVCS.
type VCSRule struct {
	Pattern string   // a glob, "private" or "public"
	Allowed []string // version control systems; "all" and "off" are words
}

// ParseVCS reads GOVCS as the go command does. Its errors are in the go
// command's words. An empty value means public:git|hg,private:all and gives no
// rules.
func ParseVCS(value string) ([]VCSRule, error) {
	value = strings.TrimSpace(value)
	if value == "" {
		return nil, nil
	}
	var out []VCSRule
	have := make(map[string]string)
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			return nil, fmt.Errorf("empty entry in GOVCS")
		}
		pattern, list, found := strings.Cut(item, ":")
		pattern, list = strings.TrimSpace(pattern), strings.TrimSpace(list)
		switch {
		case !found:
			return nil, fmt.Errorf("malformed entry in GOVCS (missing colon): %q", item)
		case pattern == "":
			return nil, fmt.Errorf("empty pattern in GOVCS: %q", item)
		case list == "":
			return nil, fmt.Errorf("empty VCS list in GOVCS: %q", item)
		case pattern == "." || pattern == ".." || strings.HasPrefix(pattern, "./") || strings.HasPrefix(pattern, "../"):
			return nil, fmt.Errorf("relative pattern not allowed in GOVCS: %q", pattern)
		case have[pattern] != "":
			return nil, fmt.Errorf("unreachable pattern in GOVCS: %q after %q", item, have[pattern])
		}
		have[pattern] = item
		rule := VCSRule{Pattern: pattern}
		for a := range strings.SplitSeq(list, "|") {
			if a = strings.TrimSpace(a); a == "" {
				return nil, fmt.Errorf("empty VCS name in GOVCS: %q", item)
			}
			rule.Allowed = append(rule.Allowed, a)
		}
		out = append(out, rule)
	}
	return out, nil
}
