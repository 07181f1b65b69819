// Package rebuild makes the Go SDK of one platform from the verified SDK of
// another, offline.
//
// Go releases are reproducible: src/make.bash -distpack, run from the files of
// release X for platform P, writes the same toolchain module, byte for byte, that
// the Go team published for X and P. So a site that has one SDK it trusts has them
// all, also those that no mirror serves.
//
// # The chain of trust
//
// The caller says which h1 the tree must have ([Options].Vouched), as the checksum
// database knows it. Only files that are part of that hash are given to the build.
// Where the database knows the outcome too, [Verify] compares: this proves the
// method, and the same method then makes what the database does not know.
//
// The directories api, doc, misc and test are not in the hash. They are taken along
// when the tree has them, since the archive that goes to go.dev has them; they are
// not in the toolchain module and no build reads them.
//
// # The build
//
// It happens in a leased copy (package workdir) with the official go.env, in an
// environment of its own: PATH is all it takes over, no network, no settings, own
// caches. It is refused on Windows, where make.bash does not run. Cancelling ends
// every process of the build, and so does our own death, whatever its cause.
//
// # The outcome
//
// A folder that can be served as a module proxy, or used by a file:// URL:
//
//	golang.org/toolchain/@v/v0.0.1-go1.26.8.linux-arm64.{info,mod,zip}
//	go1.26.8.linux-arm64.tar.gz
//
// Each file appears complete or not at all, the .info file last.
package rebuild
