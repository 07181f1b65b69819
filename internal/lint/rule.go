package lint

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Severity is how much a finding weighs.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // it does not work, or gives what cannot be trusted
	Warning Severity = "warning" // it works here and now
	Note    Severity = "note"    // good to know
)

// AtLeast reports whether s is as bad as other; nothing is as bad as "".
func (s Severity) AtLeast(other Severity) bool {
	order := []Severity{Note, Warning, Error}
	return other != "" && slices.Index(order, s) >= slices.Index(order, other)
}

// Text is the severity's word for people.
func (s Severity) Text() msg.Text {
	return map[Severity]msg.Text{Error: {EN: "error", ZH: "错误"}, Warning: {EN: "warning", ZH: "警告"}, Note: {EN: "note", ZH: "说明"}}[s]
}

// Rule is one thing that can be wrong with a V, documented. All text comes from here:
// terminal, explain, the table in README.md.
type Rule[V View] struct {
	Code     string // three letters and three digits; frozen once released
	Severity Severity
	Title    msg.Text // what is wrong, in one line without a full stop
	Why      msg.Text
	Fix      msg.Text
	Before   string // a file that yields the finding
	After    string // the same, mended
	Since    string // the yingzao version that brought the rule

	// Find is the rule itself; Check fills in code, severity and file. nil = the rule
	// about void comments.
	Find func(V) []Finding
}

// Rules are all rules about a V, in the order of codes.
type Rules[V View] []Rule[V]

// ByCode looks a rule up.
func (rs Rules[V]) ByCode(code string) (Rule[V], bool) {
	if i := slices.IndexFunc(rs, func(r Rule[V]) bool { return r.Code == code }); i >= 0 {
		return rs[i], true
	}
	return Rule[V]{}, false
}
