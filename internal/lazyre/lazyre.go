// Package lazyre compiles regular expressions when they are first used. A
// program with a hundred of them would otherwise spend more time on them at every
// start than many of its commands take.
package lazyre

import (
	"regexp"
	"sync"
)

// Regexp is a regular expression that is compiled once, on first use. It is safe
// for concurrent use.
type Regexp struct{ compile func() *regexp.Regexp }

// New returns the expression uncompiled. One that does not compile panics when it
// is used, so every expression needs a test that uses it.
func New(expr string) Regexp {
	return Regexp{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

// Re returns it compiled.
func (r Regexp) Re() *regexp.Regexp { return r.compile() }
