// Package vuln asks govulncheck, an external program, about built binaries,
// against an offline copy of the vulnerability database, and says how old that
// copy is. Nothing of it is linked in.
//
// The copy is a folder in the form that vuln.go.dev serves: index/db.json,
// index/modules.json and one file of ID for each report. No network is used.
//
// What cannot be asked has not passed: no govulncheck, no database, a stream that
// ends early or a program that is not Go's are errors of kind msg.Incomplete.
//
// govulncheck tells three levels apart. The vulnerable function is in the program
// (symbol): that is an error. Its package or only its module is linked: a warning,
// since the linker left out what is vulnerable.
package vuln
