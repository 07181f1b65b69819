package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// vcsRules are the rules about git and credentials.
func vcsRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
