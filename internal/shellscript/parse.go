// Package shellscript reads shell scripts that stand in other people's files: RUN
// instructions, the script of a job. It is mvdan.cc/sh with a guard around it:
// what is too long, too deeply nested or no script has no tree, and neither has
// what makes the parser panic. It also finds the scripts that stand in a script: who
// reads one decides what is run where.
package shellscript

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// The limits; the parser's stack and time grow with both.
const (
	MaxSize  = 64 << 10 // bytes
	MaxDepth = 200      // brackets open at the same time
	maxLinks = 20 * MaxDepth
)

// Parse is a script's tree, nil when there is none. It is read as bash reads it,
// which takes what POSIX shells take.
func Parse(src string) (f *syntax.File) {
	if len(src) > MaxSize || deep(src) {
		return nil
	}
	defer func() {
		if recover() != nil { // export A=$B(0 in v3.13.0
			f = nil
		}
	}()
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(src), "")
	if err != nil {
		return nil
	}
	return f
}

// Word is the tree of a text with variables in it, as between double quotes; nil
// when there is none.
func Word(s string) (w *syntax.Word) {
	if len(s) > MaxSize || deep(s) {
		return nil
	}
	defer func() {
		if recover() != nil {
			w = nil
		}
	}()
	w, err := syntax.NewParser().Document(strings.NewReader(s))
	if err != nil {
		return nil
	}
	return w
}

// deep tells brackets, and chains of commands, that the parser would follow by
// recursion for too long.
func deep(src string) bool {
	depth := 0
	for i := range len(src) {
		switch src[i] {
		case '(', '{', '[':
			if depth++; depth > MaxDepth {
				return true
			}
		case ')', '}', ']':
			depth = max(depth-1, 0)
		}
	}
	return strings.Count(src, "&&")+strings.Count(src, "|") > maxLinks
}
