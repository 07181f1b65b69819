// Package dockerfile reads a Dockerfile into its instructions: lines joined at the
// escape character, comments and parser directives apart, here-documents, flags,
// the JSON form, and stages, each with the line it came from.
//
// It expands no variable and knows no build: what an instruction means is its
// reader's affair. BuildKit's own parser, which is far too heavy for this program,
// is what it is compared with in tests.
package dockerfile
