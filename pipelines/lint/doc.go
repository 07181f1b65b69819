// Package lint judges pipeline files: anybody's .gitlab-ci.yml, Jenkinsfile or
// BlueKing (蓝盾) YAML, not only ours. [Rules] are documented values with stable codes,
// see internal/lint; [Check] reads one file and returns what it breaks, with lines.
//
// The rules are about Go builds and releases, and about the use of our own templates.
// What a system's own editor says about a file is left to it.
//
// # How it reads
//
// The kind of a file is told by its name, and where that says nothing by its content.
//
// GitLab and BlueKing: YAML with anchors, merge keys, !reference and several
// documents. extends is followed, and include:local where [Options] gives the
// project's folder. What comes from another include is not seen: then nothing is said
// about what a job lacks, as the include may bring it.
//
// Jenkins: a tokenizer that knows comments, the five kinds of strings and what is
// interpolated in them, and brackets; there is no Groovy parser here. Not seen: steps
// called through a variable or built from strings, methods of a shared library, types.
//
// Scripts of all three are parsed as a shell parses them: what stands in a string or
// a comment is no command. What is no POSIX or bash script is not judged.
//
// # Ignoring
//
// A comment on the line before silences one rule there and says why; in Jenkins it
// begins with //:
//
//	# yingzao:ignore PPL009 nightly builds are released from main
package lint
