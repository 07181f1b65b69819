package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// rootRules are the rules about the Go installation.
func rootRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
