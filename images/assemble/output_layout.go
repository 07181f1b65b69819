package assemble

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// writeLayout writes a directory in OCI layout: a new one beside its name, which it
// takes when it is complete; one that is there gets what it lacks, its index last.
func (b *bundle) writeLayout(ctx context.Context, o Output) error {
	dir, err := parent(o.Path)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(o.Path)
	switch {
	case err == nil && len(entries) > 0:
		return b.addToLayout(ctx, o)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	tmp, err := os.MkdirTemp(dir, "."+filepath.Base(o.Path)+".part-*")
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			os.RemoveAll(tmp)
		}
	}()
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	if _, err := b.fillLayout(ctx, tmp, o.Tag); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Rename(tmp, o.Path); err != nil {
		return err
	}
	done = true
	return nil
}

// addToLayout adds to a layout with other images, and takes back what it added if
// it cannot finish.
func (b *bundle) addToLayout(ctx context.Context, o Output) error {
	if _, err := os.Stat(filepath.Join(o.Path, "oci-layout")); err != nil {
		return msg.Errorf("the directory is neither empty nor in OCI layout", "该目录既非空目录，也不是 OCI 布局").
			WithHint("name another directory, or empty this one", "请指定其他目录，或清空该目录")
	}
	added, err := b.fillLayout(ctx, o.Path, o.Tag)
	if err != nil {
		for _, name := range added {
			os.Remove(name)
		}
	}
	return err
}

// fillLayout writes the files of a layout and returns the blobs that were not there
// before, also with an error.
func (b *bundle) fillLayout(ctx context.Context, dir, tag string) (added []string, err error) {
	blobs := filepath.Join(dir, "blobs", "sha256")
	if err := os.MkdirAll(blobs, 0o755); err != nil {
		return nil, err
	}
	for _, l := range b.blobs() {
		name := filepath.Join(blobs, l.digest.Hex)
		if info, err := os.Stat(name); err == nil && info.Size() == l.size {
			continue
		}
		if err := writeFile(ctx, name, l.open); err != nil {
			return added, err
		}
		added = append(added, name)
	}
	// Read last: whoever else wrote meanwhile is kept.
	top, err := layoutDir(dir).index()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := writeFile(ctx, filepath.Join(dir, "oci-layout"), memory("", layoutFile).open); err != nil {
			return added, err
		}
	case err != nil:
		return added, err
	}
	text, err := b.top(manifests(top), tag)
	if err != nil {
		return added, err
	}
	return added, writeFile(ctx, filepath.Join(dir, "index.json"), memory("", text).open)
}

func writeFile(ctx context.Context, name string, open func() (io.ReadCloser, error)) error {
	_, err := archive.WriteFile(ctx, name, 0o644, func(w io.Writer) error {
		r, err := open()
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(w, r)
		return err
	})
	return err
}
