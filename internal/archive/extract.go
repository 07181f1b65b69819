package archive

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Extract writes the content of an archive to the directory dir, which must
// not exist yet, or be empty; its parent must exist. The directory appears under
// its name only when everything is in it; on an error or a cancelled context
// nothing is left. Files become 0755 or 0644 by whether anybody may execute
// them, directories 0755, both less the umask; owners and times are not kept.
//
// src, l and the rules for entries are those of [Walk]. Gz and Binary have no
// names to extract to and are refused.
func Extract(ctx context.Context, src io.Reader, f Format, dir string, l Limits) (err error) {
	if f.single() {
		return msg.Errorf("extract %s: the format %q holds no file names", "解压 %s：格式 %q 不含文件名", dir, f)
	}
	dir = filepath.Clean(dir)
	switch inside, err := os.ReadDir(dir); {
	case err == nil && len(inside) > 0:
		return msg.Errorf("extract %s: the directory is not empty", "解压 %s：目录非空", dir).
			WithHint("remove it, or choose another", "请删除它，或另选目录")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return msg.Errorf("extract %s: %w", "解压 %s：%w", dir, err)
	}
	// Beside the target, so that the rename stays within one file system, and
	// one level down: the outer directory is 0700 while work is going on, the
	// inner one gets its final mode.
	stage, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".part-*")
	if err != nil {
		return msg.Errorf("extract %s: %w", "解压 %s：%w", dir, err)
	}
	defer func() {
		if e := os.RemoveAll(stage); e != nil && err == nil {
			err = msg.Errorf("extract %s: %w", "解压 %s：%w", dir, e)
		}
	}()
	content := filepath.Join(stage, "content")
	if err := fill(ctx, src, f, content, l); err != nil {
		return msg.Errorf("extract %s: %w", "解压 %s：%w", dir, err)
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return msg.Errorf("extract %s: %w", "解压 %s：%w", dir, err)
	}
	if err := os.Rename(content, dir); err != nil {
		return msg.Errorf("extract %s: %w", "解压 %s：%w", dir, err)
	}
	return nil
}

// fill makes dir and extracts into it, through an os.Root, which is a second
// wall behind the rules for names.
func fill(ctx context.Context, src io.Reader, f Format, dir string, l Limits) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	made := "." // the directory made last: most files follow a sibling
	return Walk(ctx, src, f, l, func(h Header, r io.Reader) error {
		parent := h.Name
		if !h.Mode.IsDir() {
			parent = path.Dir(h.Name)
		}
		if parent != made {
			if err := root.MkdirAll(parent, 0o755); err != nil {
				return entryError(h.Name, err)
			}
			made = parent
		}
		if h.Mode.IsDir() {
			return nil
		}
		return entryError(h.Name, writeNew(root, h, r))
	})
}

func writeNew(root *os.Root, h Header, r io.Reader) error {
	mode := fs.FileMode(0o644)
	if h.Mode&0o111 != 0 {
		mode = 0o755
	}
	// O_EXCL: whatever the name checks missed, nothing is ever overwritten.
	w, err := root.OpenFile(h.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return msg.Join(err, w.Close())
}
