package preflight

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	gitconfig "github.com/go-git/go-git/v5/plumbing/format/config"
)

const maxSubmoduleDepth = 16

// compareSubmodule marks a submodule that stands at another commit or is dirty
// itself, as far as its ignore setting (none, untracked, dirty, all) allows. A
// submodule that is not checked out is no change.
func (s *status) compareSubmodule(e *entry) error {
	root := filepath.Join(s.repo.root, filepath.FromSlash(e.Name))
	ignore, err := s.submoduleIgnore(e.Name)
	if err != nil || ignore == "all" {
		return err
	}
	sub, err := openAt(root, s.repo.getenv)
	if sub == nil || err != nil {
		return err
	}
	defer sub.close()
	_, head, err := sub.head()
	if err != nil {
		return err
	}
	if head == nil || head.Hash != e.Hash {
		s.add(e.Name)
		return nil
	}
	if ignore == "dirty" || s.depth == maxSubmoduleDepth {
		return nil
	}
	inner, err := readStatusAt(s.ctx, sub, head, nil, s.depth+1)
	if err != nil {
		return err
	}
	if inner.tracked || len(inner.changed) > 0 && ignore != "untracked" {
		s.add(e.Name)
	}
	return nil
}

// submoduleIgnore reads the setting: the repository's own configuration wins
// over .gitmodules, that one over diff.ignoreSubmodules.
func (s *status) submoduleIgnore(path string) (string, error) {
	f, err := os.Open(filepath.Join(s.repo.root, ".gitmodules"))
	if errors.Is(err, fs.ErrNotExist) {
		return s.repo.config.get("diff.ignoresubmodules"), nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	raw := gitconfig.New()
	if err := gitconfig.NewDecoder(f).Decode(raw); err != nil {
		return "", err
	}
	for _, sub := range raw.Section("submodule").Subsections {
		if sub.Options.Get("path") != path {
			continue
		}
		for _, v := range []string{s.repo.config.get("submodule." + sub.Name + ".ignore"), sub.Options.Get("ignore")} {
			if v != "" {
				return v, nil
			}
		}
	}
	return s.repo.config.get("diff.ignoresubmodules"), nil
}
