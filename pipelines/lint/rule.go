package lint

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Severity is how much a finding weighs.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the pipeline does not run, or gives what cannot be trusted
	Warning Severity = "warning" // it works here and now
	Note    Severity = "note"    // good to know
)

// AtLeast reports whether s is as bad as other; nothing is as bad as "".
func (s Severity) AtLeast(other Severity) bool {
	order := []Severity{Note, Warning, Error}
	return other != "" && slices.Index(order, s) >= slices.Index(order, other)
}

// Rule is one thing that can be wrong, documented. All text comes from here:
// terminal, explain, the table in README.md.
type Rule struct {
	Code     string // PPL and three digits; frozen once released
	Severity Severity
	Title    msg.Text // what is wrong, in one line without a full stop
	Why      msg.Text
	Fix      msg.Text
	Before   string // a pipeline file that yields the finding
	After    string // the same, mended
	Since    string // the yingzao version that brought the rule

	find func(*view) []Finding
}

// Rules lists every rule in the order of codes.
func Rules() []Rule {
	return slices.Concat(cacheRules(), goRules(), releaseRules(), gitlabRules(), inputRules(), scriptRules(), jenkinsRules(), ignoreRules())
}

// FindRule looks a rule up by code.
func FindRule(code string) (Rule, bool) {
	all := Rules()
	if i := slices.IndexFunc(all, func(r Rule) bool { return r.Code == code }); i >= 0 {
		return all[i], true
	}
	return Rule{}, false
}
