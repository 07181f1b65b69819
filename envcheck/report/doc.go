// Package report prints the report of a check: for people ([Text]), for programs
// ([JSON]), and in the forms that CI systems show ([JUnit], [SARIF],
// [CodeQuality]). [Catalogue] writes the table of all rules, [Explain] one of
// them; both come from the rules' own texts.
//
// A report holds no secrets when it arrives here. Only Text, Catalogue and
// Explain speak Chinese; what machines read is the same in every language.
package report
