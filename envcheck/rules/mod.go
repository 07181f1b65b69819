package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// modRules are the rules about modules and the workspace.
func modRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
