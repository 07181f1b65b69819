package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// netRules are the rules about HTTP proxies and the network.
func netRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
