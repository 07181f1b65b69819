package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// sumRules are the rules about GOSUMDB, go.sum and what gets round them.
func sumRules() []envcheck.Rule {
	return []envcheck.Rule{sum001, sum002, sum003, sum004, sum005, sum006, sum007, sum008, sum009, sum010, sum011, sum012, sum013, sum014, sum015, sum016, sum017}
}
