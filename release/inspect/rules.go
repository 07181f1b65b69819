package inspect

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Rule is one thing that [Judge] looks for. Everything a person reads about a
// finding stands here.
type Rule struct {
	Code     string // stable: one code, one meaning, for ever
	Name     string // a short word for tables
	Severity Severity
	Title    msg.Text
	Why      msg.Text
	Fix      msg.Text

	// RelaxedTo is the severity where the policy allows the thing, or where
	// what was found weighs less; "" when there is no such case.
	RelaxedTo Severity

	host    bool                         // asked when the policy names a machine, and only then
	check   func(*Facts, *Policy) string // what was seen; "" when all is well
	relaxed func(*Facts, *Policy) bool   // nil: never
}

// Rules lists every rule in the order of findings.
func Rules() []Rule { return slices.Clone(rules) }

// FindRule looks a rule up by code.
func FindRule(code string) (Rule, bool) {
	if i := ruleIndex(code); i >= 0 {
		return rules[i], true
	}
	return Rule{}, false
}

func ruleIndex(code string) int {
	return slices.IndexFunc(rules, func(r Rule) bool { return r.Code == code })
}

var rules = slices.Concat(targetRules, linkRules, loongRules, memoryRules, originRules, platformRules, hostRules)
