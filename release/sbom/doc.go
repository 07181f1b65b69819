// Package sbom says what is inside the binaries of a release: CycloneDX 1.6 and
// SPDX 2.3, read from the build information of the built binary, which is the
// truth, with the h1 sums of go.sum, the Go toolchain, and the licence that each
// module's own files show.
//
// The same binary gives the same bytes: no clock, no random serial number, no path.
package sbom
