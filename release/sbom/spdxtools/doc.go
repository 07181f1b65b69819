// Package spdxtools lets the SPDX project's own library read the SPDX documents
// that we write. It is a module of its own, with tests alone: the product links
// none of it.
//
//	cd release/sbom/spdxtools && go test ./...
package spdxtools
