package release

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// writeJSON writes v indented, atomically, with a final newline.
func writeJSON(ctx context.Context, path string, v any) error {
	_, err := archive.WriteFile(ctx, path, 0o644, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(v)
	})
	return err
}

// replaceDir puts the folder from in the place of to.
func replaceDir(from, to string) error {
	old := from + ".old"
	if err := os.Rename(to, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return msg.Errorf("replace %s: %w", "替换 %s：%w", to, err)
	}
	if err := os.Rename(from, to); err != nil {
		return msg.Errorf("replace %s: %w", "替换 %s：%w", to, msg.Join(err, os.Rename(old, to)))
	}
	return os.RemoveAll(old)
}

// link puts src under dst too, by a hard link where the file system can, else
// by a copy. A file already there is replaced.
func link(ctx context.Context, src, dst string) error {
	if err := os.Remove(dst); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return msg.Errorf("replace %s: %w", "替换 %s：%w", dst, err)
	}
	if os.Link(src, dst) == nil {
		return nil
	}
	f, err := os.Open(src)
	if err != nil {
		return msg.Errorf("copy %s: %w", "复制 %s：%w", src, err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return msg.Errorf("copy %s: %w", "复制 %s：%w", src, err)
	}
	_, err = archive.WriteFile(ctx, dst, fi.Mode().Perm(), func(w io.Writer) error {
		_, err := io.Copy(w, f)
		return err
	})
	return err
}

// resolve makes a path absolute and follows links as far as it exists, so that
// it can be compared with others.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(path)
	if up := filepath.Dir(path); errors.Is(err, fs.ErrNotExist) && up != path {
		if up, err = resolve(up); err == nil {
			real = filepath.Join(up, filepath.Base(path))
		}
	}
	return real, err
}

// makeDir makes a folder and says what is wrong when it cannot.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return msg.Errorf("make folder: %w", "创建目录：%w", err).
			WithHint("check the permissions of %s, or choose another folder with --dist", "请检查 %s 的权限，或用 --dist 指定其他目录", filepath.Dir(dir))
	}
	return nil
}
