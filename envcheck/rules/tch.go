package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// tchRules are the rules about toolchains and versions.
func tchRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
