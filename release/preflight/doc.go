// Package preflight answers, before anything is built, whether a release may be
// made from what lies on the disk: the state of the git repository ([ReadGit]),
// the rules over it, the module and the Go environment ([Check]), and what
// building without cgo would take away ([Cgo]).
//
// # Git
//
// The repository is read through go-git's storage, object and index packages;
// no git program is run and nothing is written, not even the index. Tags that
// name a version are those that, after [GitOptions.TagPrefix], are strict
// semantic versions with or without a leading v; others are ignored and listed
// with the reason. Of several version tags on one commit the highest by semantic
// precedence counts, v1.2.3 before 1.2.3. (GoReleaser sorts by
// -version:refname, which is the same order except that it puts v1.0.0-rc1
// above v1.0.0; here the final version wins.)
//
// Dirty means what `git status --porcelain` would print anything for: staged,
// changed, deleted, conflicting and untracked files, submodules that moved or
// are themselves dirty. Ignored files do not count; .gitignore of all folders,
// info/exclude and core.excludesFile are honoured, and so are line-ending
// attributes, core.autocrlf, core.fileMode, core.symlinks, ident, git-lfs
// pointers, skip-worktree, assume-unchanged and intent-to-add. Known
// differences, all on the safe side ("dirty") unless said: clean filters other
// than git-lfs and working-tree-encoding are not run, so a file under one that
// has to be re-read counts as changed unless its bytes are the stored ones;
// status.showUntrackedFiles=no is not honoured; `[includeIf]` in git's
// configuration and GIT_CONFIG_COUNT are not read (either direction).
//
// go-git's own Worktree.Status is not used: it hashes every file whose time
// differs from the index, knows neither line-ending attributes nor
// assume-unchanged, and its ignore patterns differ from git's ("a/**" takes a
// with it, "[!x]" is not a negated class).
//
// Repositories that cannot be read rightly are refused by name: bare ones,
// SHA-256 objects, reftable, split or sparse index. GIT_DIR, GIT_WORK_TREE,
// GIT_INDEX_FILE and core.worktree are not followed.
package preflight
