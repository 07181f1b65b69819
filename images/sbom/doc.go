// Package sbom writes what a builder image holds as a CycloneDX 1.6 document: the
// Go SDK and who vouched for it, the base image, and the base's packages.
//
// # The same bytes
//
// Equal inputs give equal bytes: the document has no serial number, its time is the
// release time of the SDK, its lists are sorted, and nothing in it says where on
// which machine it was made.
//
// # What is not listed
//
// Packages of Debian's and Alpine's kind are read from the text databases that
// these systems keep ([ReadDpkg], [ReadAPK]). The rpm database is a binary format
// of several generations, which only rpm itself reads reliably; its packages are
// not listed, and the document says so, in words and as an incomplete composition.
// Files that belong to no package are never listed.
package sbom
