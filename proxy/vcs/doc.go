// Package vcs makes modules out of git repositories, without a git or a go
// program: a [proxy.Source] for private modules on an intranet's GitLab, Gitee or
// Gitea. A zip has the h1 that the go command gets from the same commit.
//
// Which repository holds a module is configured, prefix by prefix; nothing is
// guessed and no page is asked for ?go-get=1, unless a route says so.
package vcs
