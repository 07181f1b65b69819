// Package sources reads the settings that files other than the go command's own
// give to Go: shell start files, Dockerfiles, .gitlab-ci.yml, Jenkinsfiles, env
// files, Windows scripts, and the examples of an article.
//
// It is pure: [Parse] gets bytes and returns values. A file that makes no sense
// gives what was understood of it and says so in Error; nothing is ever run,
// expanded or followed.
//
// # What is kept
//
// A setting whose name means something to Go, or nearly does ([Relevant]), with
// the value that the file's own quoting leaves: $HOME stays $HOME. Raw is the
// text as written wherever that is not the value itself: because of quotes, of a
// $, or because the value ends at an unquoted pipe. So "$" in a value with an
// empty Raw cannot be: the reader of a value can always tell '$HOME' from $HOME.
//
// A plain K=V of a shell file is kept when the same file exports K, or when it
// stands before a command. Both arms of a condition count.
//
// Of CI files and Dockerfiles the commands are kept beside, each with its line,
// and the paths of caches. Secrets in them are masked ([Scrub]).
package sources
