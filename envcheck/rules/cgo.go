package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// cgoRules are the rules about cgo and the target.
func cgoRules() []envcheck.Rule {
	return []envcheck.Rule{cgo001, cgo002, cgo003, cgo010, cgo011, cgo012, cgo013, cgo014, cgo020}
}
