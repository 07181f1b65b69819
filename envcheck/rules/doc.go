// Package rules holds what envcheck knows to be wrong: one rule a file, named
// after its code.
//
// A rule is a value with its whole documentation and a pure function over the
// view of a snapshot (see package envcheck). It judges every place where a
// setting is made (View.SettingsOf) when the value itself is wrong, and only the
// value in force (View.InForce, View.Env) when the effect is.
package rules
