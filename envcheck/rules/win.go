package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// winRules are the rules about Windows.
func winRules() []envcheck.Rule {
	return []envcheck.Rule{win001, win002, win003, win004, win005, win006, win007}
}
