package preflight

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// maxChanged is how many paths [Git.Changed] lists at most.
const maxChanged = 20

// Git is the state of the repository around a folder. The zero value means that
// there is none.
type Git struct {
	Found        bool         // false: no repository around the folder; all else is zero
	Root         string       // absolute path of the working tree, symbolic links resolved
	Prefix       string       // the folder relative to Root, with slashes; "" = Root itself
	Commit       string       // 40 hex digits; "" before the first commit
	ShortCommit  string       // as git abbreviates it: at least 7 digits, unique
	CommitTime   time.Time    // committer's time, UTC
	Branch       string       // "HEAD" when detached, as git rev-parse --abbrev-ref prints it
	Tag          string       // the tag at HEAD that names this project's version; "" = none
	PreviousTag  string       // the nearest version tag before Tag, or before and at HEAD when Tag is ""; "" = none
	IgnoredTags  []IgnoredTag // tags at HEAD that are not this project's version, with the reason
	Summary      string       // git describe --tags --dirty --always, over all tags
	TagSubject   string       // first paragraph of Tag's message as one line; a lightweight tag has its commit's message
	TagContents  string       // the whole message
	TagBody      string       // what follows the subject, without a signature
	RemoteURL    string       // without credentials; "" = no remote, which is fine
	Dirty        bool         // git status would print something
	Changed      []string     // the first 20 such paths relative to Root, sorted; an untracked folder is one path ending in /
	ChangedCount int          // how many there are in all
	Shallow      bool         // history is cut off
}

// IgnoredTag is a tag at HEAD that does not count as a version.
type IgnoredTag struct {
	Name   string
	Reason msg.Text
	Semver bool // the name is a version, but excluded by prefix or by IgnoreTags
}

// GitOptions says which tags are this project's and what to overlook.
type GitOptions struct {
	TagPrefix  string                   // tags of this project begin so ("cli/"); "" = all tags
	IgnoreTags []string                 // tag names or path.Match patterns that are no versions
	Exclude    []string                 // files and folders that this program made itself (dist), absolute or relative to dir; untracked files there do not count
	Getenv     func(name string) string // where HOME and the like come from; nil = os.Getenv
}

// ReadGit reads the state of the repository around dir. Finding no repository,
// or no commit in it, is no error; a repository that cannot be read rightly is.
func ReadGit(ctx context.Context, dir string, o GitOptions) (*Git, error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	given, err := filepath.Abs(dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(given)
	}
	if err != nil {
		return nil, msg.Errorf("read git repository: %w", "读取 git 仓库：%w", err)
	}
	r, err := locate(dir, o.Getenv)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return &Git{}, nil
	}
	defer r.close()
	g := &Git{Found: true, Root: r.root, Shallow: len(r.shallow) > 0}
	if prefix, err := filepath.Rel(r.root, dir); err == nil && prefix != "." {
		g.Prefix = filepath.ToSlash(prefix)
	}
	g.RemoteURL = r.remoteURL()
	if err := g.readHead(ctx, r, o, excludedPaths(r.root, given, dir, o.Exclude)); err != nil {
		return nil, wrapGit(r.root, err)
	}
	return g, nil
}

func (g *Git) readHead(ctx context.Context, r *repo, o GitOptions, excluded []string) error {
	head, commit, err := r.head()
	if err != nil {
		return err
	}
	g.Branch = "HEAD"
	if head.Type() == plumbing.SymbolicReference {
		g.Branch = head.Target().Short()
	}
	s, err := readStatus(ctx, r, commit, excluded)
	if err != nil {
		return err
	}
	g.Dirty, g.ChangedCount = len(s.changed) > 0, len(s.changed)
	g.Changed = s.sorted()
	if len(g.Changed) > maxChanged {
		g.Changed = slices.Clone(g.Changed[:maxChanged])
	}
	if commit == nil {
		return nil
	}
	g.Commit, g.CommitTime = commit.Hash.String(), commit.Committer.When.UTC()
	if g.ShortCommit, err = r.abbreviate(commit.Hash); err != nil {
		return err
	}
	return g.readTags(ctx, r, commit, o, s.tracked)
}

// excludedPaths makes paths relative to the root, with slashes. given is the
// project's folder as the caller calls it, dir the same without symbolic links.
func excludedPaths(root, given, dir string, list []string) []string {
	var out []string
	for _, p := range list {
		if filepath.IsAbs(p) {
			if rel, err := filepath.Rel(given, p); err == nil {
				p = rel
			}
		}
		if rel, err := filepath.Rel(root, absFrom(dir, p)); err == nil && filepath.IsLocal(rel) {
			out = append(out, filepath.ToSlash(rel))
		}
	}
	return out
}

// head returns HEAD and its commit; the commit is nil before the first one.
func (r *repo) head() (*plumbing.Reference, *object.Commit, error) {
	head, err := r.store.Reference(plumbing.HEAD)
	if err != nil {
		return nil, nil, err
	}
	ref := head
	for range 5 { // git follows as many symbolic references
		if ref.Type() != plumbing.SymbolicReference {
			break
		}
		ref, err = r.store.Reference(ref.Target())
		if errors.Is(err, plumbing.ErrReferenceNotFound) {
			return head, nil, nil
		}
		if err != nil {
			return nil, nil, err
		}
	}
	c, err := object.GetCommit(r.store, ref.Hash())
	return head, c, err
}

func wrapGit(root string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return msg.Errorf("read git repository %s: %w", "读取 git 仓库 %s：%w", root, err)
}
