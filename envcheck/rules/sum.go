package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// sumRules are the rules about GOSUMDB.
func sumRules() []envcheck.Rule {
	return []envcheck.Rule{sum002}
}
