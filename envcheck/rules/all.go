package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// All returns every rule, in the order of its area and number.
func All() []envcheck.Rule {
	return slices.Concat(rootRules(), tchRules(), envRules(), prxRules(), sumRules(), prvRules(), flgRules(), modRules(),
		netRules(), tlsRules(), vcsRules(), cgoRules(), cchRules(), winRules(), ciRules(), binRules())
}
