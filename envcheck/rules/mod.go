package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// modRules are the rules about modules and workspaces.
func modRules() []envcheck.Rule {
	return []envcheck.Rule{mod001, mod002, mod003, mod004, mod005, mod006, mod007, mod008, mod020, mod021}
}
