package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// cchRules are the rules about caches and disks.
func cchRules() []envcheck.Rule {
	return []envcheck.Rule{cch001, cch002, cch003, cch004, cch005, cch006, cch007, cch008, cch009, cch010, cch011, cch012, cch013}
}
