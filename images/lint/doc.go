// Package lint judges Dockerfiles: anybody's, not only ours. A [Rule] is a
// documented value with a stable code, as in envcheck; [Check] reads one file and
// returns what it breaks, with lines.
//
// The rules are about Go builds on the systems of the matrix. General style is left
// to the linters that exist for it.
package lint
