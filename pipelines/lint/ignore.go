package lint

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lint"
)

// Comments are those that have a line for themselves. In YAML a comment of a script
// in a block looks the same, and is as good.
func (v *view) Comments() []lint.Comment {
	if v.groovy != nil {
		return v.groovy.comments
	}
	var all []lint.Comment
	for i, l := range v.lines {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(l), "#"); ok {
			all = append(all, lint.Comment{Line: i + 1, Text: strings.TrimSpace(rest)})
		}
	}
	return all
}

// Behind is the first line behind a comment that is neither empty nor a comment.
func (v *view) Behind(line int, comments map[int]bool) int {
	next := line + 1
	for next <= len(v.lines) && (comments[next] || strings.TrimSpace(v.lines[next-1]) == "") {
		next++
	}
	return next
}

// Begins is the line itself: what a finding is about has a line of its own.
func (v *view) Begins(line int) int { return line }
