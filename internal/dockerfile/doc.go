// Package dockerfile reads a Dockerfile into its instructions: lines joined at the
// escape character, comments and parser directives apart, here-documents, flags,
// the JSON form, and stages, each with the line it came from.
//
// It expands no variable and knows no build: what an instruction means is its
// reader's affair. BuildKit's own parser, which is far too heavy for this program,
// is what it is compared with in tests (images/lint/buildkit).
//
// [Parse] never returns a nil file. With an error it holds what could be read all
// the same, for readers that look at fragments or at files in a state of being
// written. A file of more than [MaxSize] bytes is not read at all.
package dockerfile
