package lint

import (
	"cmp"
	"context"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// View is a file as rules see it. Its methods tell where comments stand.
type View interface {
	// Comments are those that have a line for themselves, in their order.
	Comments() []Comment
	// Behind is the first line behind the comment on a line that says something. All
	// lines with comments are given.
	Behind(line int, comments map[int]bool) int
	// Begins is the first line of the statement that a line belongs to.
	Begins(line int) int
}

// Comment is a comment that has a line for itself.
type Comment struct {
	Text string // without its sign and the space around it
	Line int
}

// Finding is one thing that a rule found.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	Line     int      `json:"line"`    // from 1
	Subject  string   `json:"subject"` // the image, job, variable or host it is about; never a secret
	Message  msg.Text `json:"message"`
}

// Found makes a finding for a rule to return. What is in no line is in the first.
func Found(line int, subject, en, zh string, args ...any) Finding {
	return Finding{Line: max(line, 1), Subject: subject, Message: msg.Textf(en, zh, args...)}
}

// Check gives a file to every rule and returns what stays when comments have silenced
// theirs. name is for the findings and the error alone, which says that ctx ended.
func (rs Rules[V]) Check(ctx context.Context, name string, v V) ([]Finding, error) {
	var out []Finding
	for _, r := range rs {
		if r.Find == nil {
			continue // what is said about ignoring comes last
		}
		if err := context.Cause(ctx); err != nil {
			return nil, msg.Errorf("lint %s: %w", "检查 %s：%w", name, err)
		}
		for _, f := range r.Find(v) {
			f.Code, f.Severity = r.Code, r.Severity
			out = append(out, f)
		}
	}
	return Sort(name, rs.ignore(out, v)), nil
}

// Sort names the file in its findings, puts them in order, and drops repetitions.
func Sort(name string, found []Finding) []Finding {
	for i := range found {
		found[i].File = name
	}
	slices.SortStableFunc(found, order)
	return slices.CompactFunc(found, func(a, b Finding) bool { return order(a, b) == 0 })
}

func order(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject))
}
