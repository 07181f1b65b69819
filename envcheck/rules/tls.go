package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// tlsRules are the rules about TLS and the clock.
func tlsRules() []envcheck.Rule {
	return []envcheck.Rule{}
}
