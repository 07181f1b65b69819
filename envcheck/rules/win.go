package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// winRules are the rules about Windows.
func winRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
