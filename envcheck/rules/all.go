package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// All returns every rule, in the order of its area and number.
func All() []envcheck.Rule {
	return slices.Concat(rootRules(), tchRules(), envRules(), prxRules(), sumRules(), prvRules(), flgRules(), modRules(),
		netRules(), tlsRules(), vcsRules(), cgoRules(), cchRules(), winRules(), ciRules(), binRules())
}

// Find returns the rule of a code, in any case; false when there is none.
func Find(code string) (envcheck.Rule, bool) {
	for _, r := range All() {
		if strings.EqualFold(r.Code, code) {
			return r, true
		}
	}
	return envcheck.Rule{}, false
}
