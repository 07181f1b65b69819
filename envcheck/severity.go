package envcheck

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Severity is how bad a finding is.
type Severity string

// The severities, mildest first. A security finding weighs as much as an error:
// the build may well work, and that is the trouble.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Error    Severity = "error"
	Security Severity = "security"
)

var severityOrder = []Severity{Info, Warning, Error, Security}

// rank compares severities; Error and Security are equal.
func (s Severity) rank() int { return min(slices.Index(severityOrder, s), 2) }

// AtLeast reports whether s is as bad as other.
func (s Severity) AtLeast(other Severity) bool { return s.rank() >= other.rank() }

// ParseSeverity reads a word of --fail-on or of a policy. "never" and "off" give
// the empty severity, which nothing reaches.
func ParseSeverity(word string) (Severity, error) {
	if word == "never" || word == "off" {
		return "", nil
	}
	if s := Severity(word); slices.Contains(severityOrder, s) {
		return s, nil
	}
	return "", msg.Errorf("severity %q is not known", "未知的严重级别 %q", word).
		WithHint("one of info, warning, error, security, off", "可用：info、warning、error、security、off").WithKind(msg.Usage)
}

// Text names the severity for people.
func (s Severity) Text() msg.Text {
	switch s {
	case Info:
		return msg.Text{EN: "note", ZH: "说明"}
	case Warning:
		return msg.Text{EN: "warning", ZH: "警告"}
	case Security:
		return msg.Text{EN: "security", ZH: "安全"}
	}
	return msg.Text{EN: "error", ZH: "错误"}
}
