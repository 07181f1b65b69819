// Package vuln asks govulncheck, an external program, about built binaries,
// against an offline copy of the vulnerability database, and says how old that
// copy is. Nothing of it is linked in.
package vuln
