package preflight

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// walk compares one folder of the working tree (a path relative to the root,
// "" for the root) with the index. stack are the ignore patterns of the folders
// above, lowest precedence first; ignored says that the folder itself is
// ignored, which only matters for its untracked files.
func (s *status) walk(dir string, stack []*globs, ignored bool) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	list, stack, err := s.open(dir, stack, ignored)
	if err != nil {
		return err
	}
	for _, de := range list {
		path := join(dir, de.Name())
		if de.Name() == ".git" {
			continue
		}
		if e := s.entries[path]; e != nil {
			done, err := s.compare(e, de)
			if err != nil {
				return err
			}
			if done {
				continue
			}
		}
		if de.IsDir() && s.folders[path] {
			if err := s.walk(path, stack, ignored || matches(stack, path, true)); err != nil {
				return err
			}
			continue
		}
		if ignored || s.entries[path] != nil || !s.untracked(path, de, stack) {
			continue // a folder in the place of a tracked file is reported once, as that file
		}
		if !de.IsDir() {
			s.changed[path] = true
			continue
		}
		if some, err := s.anyUntracked(path, stack); err != nil {
			return err
		} else if some {
			s.changed[path+"/"] = true
		}
	}
	return nil
}

// open lists a folder and adds its own ignore patterns to the stack.
func (s *status) open(dir string, stack []*globs, ignored bool) ([]os.DirEntry, []*globs, error) {
	full := filepath.Join(s.repo.root, filepath.FromSlash(dir))
	list, err := os.ReadDir(full)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) && !s.folders[dir] && dir != "" {
			return nil, stack, nil // git, too, only warns of a folder it may not read
		}
		return nil, stack, err
	}
	if ignored {
		return list, stack, nil
	}
	g, err := readIgnoreFile(filepath.Join(full, ".gitignore"), dir, false)
	if err != nil {
		return nil, stack, err
	}
	return list, append(slices.Clip(stack), g), nil
}

// untracked reports whether something that is not in the index counts.
func (s *status) untracked(path string, de os.DirEntry, stack []*globs) bool {
	if t := de.Type(); !t.IsDir() && !t.IsRegular() && t&fs.ModeSymlink == 0 {
		return false // git knows neither sockets nor pipes
	}
	return !slices.Contains(s.excluded, path) && !matches(stack, path, de.IsDir())
}

// anyUntracked reports whether a folder without tracked files holds one that
// counts, or is a repository of its own.
func (s *status) anyUntracked(dir string, stack []*globs) (bool, error) {
	if err := s.ctx.Err(); err != nil {
		return false, err
	}
	if g, err := gitDirOf(filepath.Join(s.repo.root, filepath.FromSlash(dir))); g != "" && err == nil {
		return true, nil
	}
	list, stack, err := s.open(dir, stack, false)
	if err != nil {
		return false, err
	}
	for _, de := range list {
		path := join(dir, de.Name())
		if de.Name() == ".git" || !s.untracked(path, de, stack) {
			continue
		}
		if !de.IsDir() {
			return true, nil
		}
		if some, err := s.anyUntracked(path, stack); some || err != nil {
			return some, err
		}
	}
	return false, nil
}

func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// parent is the folder of a path with slashes; "" for the root.
func parent(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return ""
	}
	return path[:i]
}
