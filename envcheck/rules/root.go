package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// rootRules are the rules about the Go installation.
func rootRules() []envcheck.Rule {
	return []envcheck.Rule{root001, root002, root003, root004, root005, root006, root007, root008, root009, root010, root011, root012,
		root013, root014}
}
