// Package envcheck says what is wrong with a Go environment, why, and how to
// mend it.
//
// A check has three steps that never mix:
//
//  1. Everything that a rule may read is collected once into a [Snapshot]:
//     package gather does it on this machine, package probe adds what only the
//     network can tell. A snapshot is plain data; saved as JSON it replays a
//     customer's desk on ours, and Windows on Linux.
//  2. Each [Rule] looks at a [View] of the snapshot and returns findings. A rule
//     is a pure function and a documented value: code, severity, title, reason,
//     remedy and example in English and Chinese. The rules are in package rules,
//     one a file.
//  3. [Check] runs the rules, drops the consequences of causes that were found,
//     applies the profile, the organisation's [Policy] and the baseline, removes
//     secrets, and returns a [Report]. Package report prints it.
//
// Nothing here opens a file, runs a command or dials.
//
// # Adding a rule
//
// Copy a neighbour in package rules, give it the next free number of its area,
// enter it in All, and add a reproduction to the area's test: a state that yields
// the finding, one that does not, and what the real go command does in the first.
// A code is never used twice, nor again.
package envcheck
