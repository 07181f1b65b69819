package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// cgoRules are the rules about cgo and the target.
func cgoRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
