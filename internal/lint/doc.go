// Package lint is what the linters of other people's files have in common: rules for
// Dockerfiles (images/lint) and for pipeline files (pipelines/lint). How a file is
// read and what is wrong with it is theirs.
//
// # Rules
//
// A [Rule] is a documented value: a code that never changes its meaning, what is wrong
// and why, what to do about it, and an example that breaks it beside one that does not.
// Terminal, explain, the table in a README and the reports for other programs all say
// what stands there. A list of rules is in the order of codes.
//
// # Findings
//
// [Rules.Check] gives a file to every rule. Findings come in the order of lines, then
// codes, then subjects; what is equal in all three is said once.
//
// # Ignoring
//
// A comment on the line before silences one rule there and says why:
//
//	# yingzao:ignore DKR050 the job runner needs root for its cache volume
//
// Other comments and empty lines may stand in between. An ignore without a reason, with
// an unknown code, or with nothing to silence is itself a finding, of the one rule
// without Find: see [IgnoreRule].
package lint
