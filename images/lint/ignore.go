package lint

import (
	"sort"

	"github.com/yingzao-dev/yingzao/internal/lint"
)

// Comments are all of the file.
func (v *view) Comments() []lint.Comment {
	var all []lint.Comment
	for _, c := range v.file.Comments {
		all = append(all, lint.Comment(c))
	}
	return all
}

// Behind is the first line behind a comment that is neither empty nor a comment.
func (v *view) Behind(line int, comments map[int]bool) int {
	next := line + 1
	for comments[next] {
		next++
	}
	all := v.file.Instructions
	i := sort.Search(len(all), func(i int) bool { return all[i].End >= next })
	if i < len(all) {
		return max(next, all[i].Line)
	}
	return next
}

// Begins is the first line of the instruction that a line belongs to.
func (v *view) Begins(line int) int {
	all := v.file.Instructions
	i := sort.Search(len(all), func(i int) bool { return all[i].End >= line })
	if i < len(all) && all[i].Line <= line {
		return all[i].Line
	}
	return line
}
