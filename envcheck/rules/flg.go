package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// flgRules are the rules about GOFLAGS.
func flgRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
