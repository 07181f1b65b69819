package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// ciRules are the rules about CI and containers.
func ciRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
