package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// tchRules are the rules about the toolchain and the Go version.
func tchRules() []envcheck.Rule {
	return []envcheck.Rule{tch001, tch002, tch003, tch004, tch005, tch006, tch007, tch010}
}
