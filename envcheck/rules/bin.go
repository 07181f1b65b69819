package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// binRules are the rules about built programs.
func binRules() []envcheck.Rule {
	return []envcheck.Rule{bin001, bin002, bin003, bin004, bin005, bin006, bin007, bin008, bin009}
}
