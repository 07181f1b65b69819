// Package buildkit compares our reading of Dockerfiles with BuildKit's, and lets
// BuildKit's linter judge the Dockerfiles that we ship. It is a module of its own,
// with tests alone, because BuildKit's modules decide on a Go version and bring a
// good deal with them: the product links none of it.
//
//	cd images/lint/buildkit && go test ./...
package buildkit
