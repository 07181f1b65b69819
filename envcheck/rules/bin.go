package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// binRules are the rules about built programs.
func binRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
