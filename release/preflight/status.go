package preflight

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// status compares HEAD, index and working tree.
type status struct {
	ctx  context.Context
	repo *repo

	entries   map[string]*entry // stage 0, by path
	folders   map[string]bool   // folders with entries below them
	indexTime time.Time         // when the index was written
	ignore    []*globs          // excludesFile and info/exclude, lowest first
	attrs     *attributes
	excluded  []string // untracked paths that do not count
	depth     int      // of submodules

	changed map[string]bool // as git status prints them
	tracked bool            // something other than untracked files: what git describe calls dirty
}

// entry is one index entry.
type entry struct {
	*index.Entry
	assumeValid bool
	added       bool // not in HEAD
	seen        bool // exists in the working tree
}

// readStatus runs the comparison. head is nil before the first commit;
// excluded are paths relative to the root, with slashes.
func readStatus(ctx context.Context, r *repo, head *object.Commit, excluded []string) (*status, error) {
	return readStatusAt(ctx, r, head, excluded, 0)
}

func readStatusAt(ctx context.Context, r *repo, head *object.Commit, excluded []string, depth int) (*status, error) {
	s := &status{
		ctx: ctx, repo: r, excluded: excluded, depth: depth,
		entries: map[string]*entry{}, folders: map[string]bool{}, changed: map[string]bool{},
		attrs: newAttributes(r),
	}
	idx, err := s.readIndex()
	if err != nil {
		return nil, err
	}
	if err := s.compareHead(head, idx); err != nil {
		return nil, err
	}
	user := r.path("core.excludesfile", filepath.Join(userConfigDir(r.getenv), "ignore"))
	for _, file := range []string{user, filepath.Join(r.commonDir, "info", "exclude")} {
		g, err := readIgnoreFile(file, "", true)
		if err != nil {
			return nil, err
		}
		s.ignore = append(s.ignore, g)
	}
	if err := s.walk("", s.ignore, false); err != nil {
		return nil, err
	}
	for path, e := range s.entries {
		gone := !e.seen && !e.assumeValid && !e.SkipWorktree
		switch {
		case gone && e.added: // neither in HEAD nor on the disk: git describe takes no notice
			s.changed[path] = true
		case gone || e.added:
			s.add(path)
		}
	}
	return s, nil
}

func (s *status) sorted() []string { return slices.Sorted(maps.Keys(s.changed)) }

func (s *status) add(path string) {
	s.changed[path] = true
	s.tracked = true
}

func (s *status) readIndex() (*index.Index, error) {
	file := filepath.Join(s.repo.gitDir, "index")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return &index.Index{}, nil
	}
	if err != nil {
		return nil, err
	}
	fi, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	s.indexTime = fi.ModTime()
	idx, assumed, err := decodeIndex(data)
	if errors.Is(err, index.ErrUnknownExtension) || errors.Is(err, index.ErrUnsupportedVersion) {
		return nil, msg.Errorf("read index: split and sparse index files are not supported: %w", "读取索引：不支持拆分索引和稀疏索引：%w", err).
			WithHint("git update-index --no-split-index, or git sparse-checkout init --no-sparse-index", "git update-index --no-split-index，或 git sparse-checkout init --no-sparse-index")
	}
	if err != nil {
		return nil, msg.Errorf("read index: %w", "读取索引：%w", err)
	}
	for i, e := range idx.Entries {
		for dir := parent(e.Name); dir != "" && !s.folders[dir]; dir = parent(dir) {
			s.folders[dir] = true
		}
		switch {
		case e.Stage != 0: // a conflict
			s.add(e.Name)
			s.entries[e.Name] = &entry{Entry: e, assumeValid: true}
		case e.IntentToAdd:
			s.add(e.Name)
			s.entries[e.Name] = &entry{Entry: e, assumeValid: true}
		default:
			s.entries[e.Name] = &entry{Entry: e, assumeValid: assumed[i]}
		}
	}
	return idx, nil
}

// compareHead finds what is staged.
func (s *status) compareHead(head *object.Commit, idx *index.Index) error {
	inHead := map[string]object.TreeEntry{}
	if head != nil {
		if c := idx.Cache; c != nil && len(c.Entries) > 0 && c.Entries[0].Path == "" && c.Entries[0].Hash == head.TreeHash {
			return nil // git keeps the tree's hash in the index while nothing is staged
		}
		if err := s.flatten(head.TreeHash, "", inHead); err != nil {
			return err
		}
	}
	for path, e := range s.entries {
		if e.Stage != 0 || e.IntentToAdd {
			delete(inHead, path)
			continue
		}
		h, ok := inHead[path]
		switch {
		case !ok:
			e.added = true
		case h.Hash != e.Hash || canonical(h.Mode) != e.Mode:
			s.add(path)
		}
		delete(inHead, path)
	}
	for path := range inHead {
		s.add(path)
	}
	return nil
}

// canonical maps the group-writable mode of very old trees to what the index
// says of such a file.
func canonical(m filemode.FileMode) filemode.FileMode {
	if m == filemode.Deprecated {
		return filemode.Regular
	}
	return m
}

func (s *status) flatten(tree plumbing.Hash, prefix string, into map[string]object.TreeEntry) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	t, err := object.GetTree(s.repo.store, tree)
	if err != nil {
		return err
	}
	for _, e := range t.Entries {
		if e.Mode == filemode.Dir {
			if err := s.flatten(e.Hash, prefix+e.Name+"/", into); err != nil {
				return err
			}
			continue
		}
		into[prefix+e.Name] = e
	}
	return nil
}
