// Package rebuild builds a published release again, from nothing but what was
// published (manifest, provenance, plan) and its source (by GOPROXY or from a git
// repository), and compares byte for byte. Where the bytes differ it names the
// file, the section, and the likely cause.
//
// # What is believed
//
// manifest.json, as far as the caller's check of its signatures goes; plan.json,
// because its digest stands in the manifest. Provenance only tells where the source
// is: what is cloned has to be at the plan's commit, what a proxy serves is held
// against the checksum database by the go command, and go.mod and go.sum against the
// plan. In the end only equal bytes count.
//
// # Source
//
// In this order: what the caller names; the repository that the plan names; the
// module through GOPROXY. A folder with a repository is cloned, so that nothing that
// lies about in it takes part; one without is compared with the digest of all files.
// A module as a proxy serves it has no .git, no nested modules, no executable bits
// and no symbolic links: archives that hold files which only the repository has
// cannot be made from it, and the report says so.
//
// # Toolchain and cache
//
// The Go is the plan's version: the one given, else the one on PATH, else what the go
// command fetches and verifies by itself; package gosdk then says what it is. Builds
// start from an empty GOCACHE unless told otherwise, and the report says which.
//
// # What may run
//
// Compiling strangers' code is one thing, running it another. A plan is a stranger's
// word: hooks, flags that make the go command, the compiler or the linker run another
// program or write another file (-toolexec, -extld, -cpuprofile …), and variables that
// do the same (CC, GOFLAGS, GOAUTH …) are refused unless the caller allows them.
// Flags and variables are compared with lists of what is harmless, because the lists of
// what is not grow. A plan whose names or paths lead out of the sources or the work
// folder is refused in any case; so is a commit that is no hash.
//
// What is published is read up to twice the size of what was built, and 64 MiB.
//
// # Causes
//
// What the go command wrote into both files is compared first: Go version, settings,
// modules. Where that is the same, the parts of the build id tell: all four alike means
// that somebody changed the file after it was linked; the main package compiled
// alike, that the linker was told other things. A cause is "likely", never proved.
//
// Packages are taken apart as archives are: a deb into the members of its ar archive and
// the tars in them, an rpm into lead, signature header, header and cpio payload, the
// others are tars. Sums and sizes that differ because something else does are not told.
package rebuild
