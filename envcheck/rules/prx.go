package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// prxRules are the rules about GOPROXY.
func prxRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
