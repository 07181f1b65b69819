package inspect

import (
	"context"
	"io/fs"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Scan reads the file at path, or every regular file below the directory at
// path in the order of names, and calls visit for each with what [File]
// returned. Links inside a directory are not followed; a link as path is.
// Files that are no executables are visited too, with an error that wraps
// [ErrNotExecutable]. Scan ends at the first error that visit returns, which
// may be [fs.SkipAll] to end without one, or when ctx is done.
func Scan(ctx context.Context, path string, visit func(name string, f *Facts, err error) error) error {
	root, err := filepath.EvalSymlinks(path)
	if err != nil {
		return msg.Errorf("scan: %w", "扫描：%w", err)
	}
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		shown := path
		if rel, relErr := filepath.Rel(root, name); relErr == nil && rel != "." {
			shown = filepath.Join(path, rel)
		}
		switch {
		case err != nil:
			return visit(shown, nil, msg.Errorf("scan: %w", "扫描：%w", err))
		case !d.Type().IsRegular():
			return nil
		}
		f, err := File(name)
		return visit(shown, f, err)
	})
}
