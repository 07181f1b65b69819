// Package lint judges Dockerfiles: anybody's, not only ours. [Rules] are documented
// values with stable codes, see internal/lint; [Check] reads one file and returns what
// it breaks, with lines.
//
// The rules are about Go builds on the systems of the matrix. General style is left
// to the linters that exist for it.
//
// # How it reads
//
// Instructions come from internal/dockerfile, and the scripts of RUN are parsed as
// a shell parses them: apt-get in a string, in a comment, or behind a test for
// apt-get is no finding. Variables are filled in from ARG, ENV and plain assignments
// where their values can be known; what cannot be known is not judged.
//
// # Ignoring
//
// A comment on the line before, which may be inside a continued RUN, silences one
// rule there and says why:
//
//	# yingzao:ignore DKR050 the job runner needs root for its cache volume
package lint
