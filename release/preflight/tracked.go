package preflight

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/filemode"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Tracked lists the regular files below dir that git tracks, relative to dir,
// with slashes and sorted. Symbolic links and submodules are left out. No
// repository means no files.
func Tracked(ctx context.Context, dir string) ([]string, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, msg.Errorf("list tracked files: %w", "列出受跟踪文件：%w", err)
	}
	r, err := locate(dir, os.Getenv)
	if r == nil || err != nil {
		return nil, err
	}
	defer r.close()
	s := &status{ctx: ctx, repo: r, entries: map[string]*entry{}, folders: map[string]bool{}, changed: map[string]bool{}}
	idx, err := s.readIndex()
	if err != nil {
		return nil, wrapGit(r.root, err)
	}
	prefix, err := filepath.Rel(r.root, dir)
	if err != nil {
		return nil, wrapGit(r.root, err)
	}
	if prefix = filepath.ToSlash(prefix) + "/"; prefix == "./" {
		prefix = ""
	}
	var files []string
	for _, e := range idx.Entries {
		name, inside := strings.CutPrefix(e.Name, prefix)
		if inside && (e.Mode == filemode.Regular || e.Mode == filemode.Executable) && !e.IntentToAdd {
			files = append(files, name)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}
