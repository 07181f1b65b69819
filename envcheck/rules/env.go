package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// envRules are the rules about settings and the env file.
func envRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
