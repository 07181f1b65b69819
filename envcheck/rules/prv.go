package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// prvRules are the rules about private modules.
func prvRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
