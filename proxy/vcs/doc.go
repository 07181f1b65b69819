// Package vcs makes modules out of git repositories, without a git or a go
// program: a [proxy.Source] for private modules on an intranet's GitLab, Gitee or
// Gitea. A list, an .info, a .mod and a .zip are what the go command makes of the
// same commit with GOPROXY=direct: the .zip has the same h1.
//
// # Which repository
//
// Which repository holds a module is configured, prefix by prefix; nothing is
// guessed and no page is asked for ?go-get=1. The longest [Repo.Prefix] counts. Of
// what follows it the first [Repo.Depth] elements name the repository and the rest
// is the folder in it; where groups have subgroups, up to [Repo.MaxDepth] elements
// are tried, longest first, by asking for the repository's references. An element
// that ends in .git ends the repository, as for the go command.
//
// # What is fetched
//
// A list costs one request for the references. A version costs the one commit
// without its history, and what an earlier one had already is not sent again. The
// history is fetched, once, when it decides something: the base of a
// pseudo-version, or a commit that no reference names; without trees and files
// where the server can leave them out. Objects are kept in a folder for each
// repository, which may be deleted at any time and is started anew when it outgrows
// [Repo.MaxBytes]. A single file of more than 256 MiB is not taken in. Of one repository one request at a time is worked on, in one
// process at a time; the others wait and use what it fetched.
//
// The wire is git's protocol version 0 over HTTPS through the one HTTP client, or
// over ssh with pinned host keys. There is no other way: no child process, no
// file://, no git://, no ext::.
//
// # What a zip holds
//
// What git archive would give to the go command: the attributes text, eol, crlf and
// ident are honoured, from every .gitattributes down the path; export-ignore and
// export-subst are not; filters other than lfs are not configured anywhere and pass
// files unchanged. working-tree-encoding is refused, and Git LFS pointers are unless
// [Repo.LFS] says otherwise: there the go command's result depends on its host.
//
// # Errors
//
// [proxy.ErrNotFound] is said of what a reachable repository does not hold. That a
// repository is not there or not for us cannot be told apart, so both are
// [proxy.ErrUnavailable], with the setting to look at. What a rule of [Repo] refuses
// is [proxy.ErrBlocked]; what cannot be a module zip is [proxy.ErrContent].
package vcs
