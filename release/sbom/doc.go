// Package sbom says what is inside the binaries of a release: CycloneDX 1.6 and
// SPDX 2.3, read from the build information of the built binary, which is the
// truth, with the h1 sums of go.sum, the Go toolchain, and the licence that each
// module's own files show.
//
// The same binary gives the same bytes: no clock, no random serial number, no path.
// The serial number is a digest of the document.
//
// # What a document says
//
// It is about one artifact, or about the release as a whole. Below that stand the
// programs inside, each with its SHA-256, target, build settings and flags, and what
// each of them is linked from: the main module, every module the go command wrote
// down (where there is a replacement, the replacement), and std, whose package URL is
// pkg:golang/stdlib, the name that vulnerability databases use. What needs what among
// the modules is not in a binary, so all of them hang on the program.
//
// h1 is a sum over a module's files, not the SHA-256 of any file, and so it is no
// hash of the component: in CycloneDX it is the property dev.yingzao:go.h1, in SPDX
// an external reference of type go-h1. A vendored module has none, because nobody
// checked it.
//
// With cgo, libraries may be inside that nobody wrote down; the document then says
// that it is incomplete.
//
// # Licences
//
// A module's licence is what google/licensecheck recognises in the files LICEN[CS]E*,
// COPYING* and UNLICENSE* of its root folder; each must be recognised to three
// quarters, or the module's licence is unknown. Several licences are joined by AND, as
// SPDX joins what all has to be complied with (SPDX 2.3, annex D), unless the files say
// that they leave the choice; then OR joins those:
//
//   - a file has the line "SPDX-License-Identifier: A OR B", both being recognised;
//   - a file says "licensed under either of" or "under your choice of" and names one, or
//     "select, at your option, one of": the choice is among what that file holds, or,
//     where it holds no licence itself, among all in the folder;
//   - there are LICENSE-APACHE and LICENSE-MIT, which Rust's projects brought into
//     use for "either, at your option" and Go modules took over.
//
// Other names tell nothing: LICENSE.BSD beside LICENSE.MPL-2.0 may as well stand for
// files under the one and files under the other, as in cyphar/filepath-securejoin.
//
// Folders below count too where they hold a package that is linked, or lie above one:
// what is taken over from others often has its licence beside it. Each stands for itself
// and is joined by AND; the property dev.yingzao:go.license names the file. Which packages
// these are is not in a program, so it is the go command that tells while it is built, for
// every target of the release. Folders that are not linked say nothing about the program.
//
// Files that only cover the documentation (LICENSE.docs) and NOTICE files, which name no
// licence as a rule, are not looked at, and neither are licences inside source files.
package sbom
