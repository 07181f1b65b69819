package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// netRules are the rules about HTTP proxies and the network.
func netRules() []envcheck.Rule {
	return []envcheck.Rule{net010, net011, net012, net013, net014, net015, net016, net017, net018, net019, net020,
		net030, net031, net032, net033, net034, net040, net041, net042}
}
