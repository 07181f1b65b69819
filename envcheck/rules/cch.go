package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// cchRules are the rules about caches and the disk.
func cchRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
