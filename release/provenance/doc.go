// Package provenance writes down how a release was made, as an in-toto statement
// with SLSA's provenance predicate, version 1, in a DSSE envelope: source, plan,
// toolchain with its h1, environment, flags, modules, and who built which part.
// It has no times and no names of machines but in the run's metadata, which is
// not compared.
//
// A second party that builds the release again adds an envelope of its own beside
// the first.
package provenance
