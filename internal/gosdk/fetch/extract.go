package fetch

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Extract writes the SDK to the directory dir, which must not exist yet, or be
// empty; its parent must exist. The directory appears under its name only when
// everything is in it and hashes to H1 as it was read back; on an error or a
// cancelled context nothing is left. (What a killed process left is named
// .NAME.part-*.) Modes are exact, whatever the umask: those of Files, 0755 for
// directories.
func (s *SDK) Extract(ctx context.Context, dir string) error {
	if err := s.extract(ctx, filepath.Clean(dir)); err != nil {
		return space(msg.Errorf("extract Go SDK to %s: %w", "将 Go SDK 解压到 %s：%w", dir, err), filepath.Dir(dir))
	}
	return nil
}

func (s *SDK) extract(ctx context.Context, dir string) error {
	switch inside, err := os.ReadDir(dir); {
	case err == nil && len(inside) > 0:
		return msg.Errorf("the directory is not empty", "目录非空").
			WithHint("remove it, or choose another", "请删除它，或另选目录")
	case err != nil && !isAbsent(err):
		return err
	}
	// Beside the target, so that the rename stays within one file system, and one
	// level down: the outer directory is 0700 while work is going on.
	stage, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".part-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(stage) }()
	content := filepath.Join(stage, "go")
	if err := s.writeTo(ctx, content); err != nil {
		return err
	}
	tree, err := gosdk.ReadTree(ctx, content, s.Release)
	switch {
	case err != nil:
		return err
	case tree.H1() != s.H1 || len(tree.Odd)+len(tree.Unreadable) > 0:
		return msg.Errorf("what was written hashes to %s, not to %s", "写入内容的哈希为 %s，而不是 %s", tree.H1(), s.H1).WithKind(msg.Findings)
	}
	if err := ignoreAbsent(os.Remove(dir)); err != nil {
		return err
	}
	return os.Rename(content, dir)
}

func (s *SDK) writeTo(ctx context.Context, dir string) error {
	w, err := newWriter(dir)
	if err != nil {
		return err
	}
	for _, f := range s.Files { // so that the workers need not
		if err := w.mkdir(path.Dir(f.Name)); err != nil {
			return err
		}
	}
	return parallel(ctx, len(s.Files), func(i int, buf []byte) error {
		r, err := s.Files[i].Open()
		if err != nil {
			return err
		}
		defer r.Close()
		return w.file(s.Files[i].Name, r, buf)
	})
}

// writer writes the files of a tree into a directory of its own, which nobody else
// has, under names that newSDK or package archive found safe. (An os.Root would open
// each directory on the way anew for each file, which takes three times as long.)
type writer struct {
	dir  string
	made map[string]bool
}

func newWriter(dir string) (*writer, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	return &writer{dir: dir, made: map[string]bool{".": true}}, os.Chmod(dir, 0o755)
}

func (w *writer) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// write makes the file and the directories above it; for one goroutine.
func (w *writer) write(name string, r io.Reader, buf []byte) error {
	if err := w.mkdir(path.Dir(name)); err != nil {
		return err
	}
	return w.file(name, r, buf)
}

func (w *writer) mkdir(dir string) error {
	if w.made[dir] {
		return nil
	}
	if err := w.mkdir(path.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(w.path(dir), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	w.made[dir] = true
	return os.Chmod(w.path(dir), 0o755)
}

// file makes one file with the mode that its name gives it.
func (w *writer) file(name string, r io.Reader, buf []byte) error {
	f, err := os.OpenFile(w.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode(name))
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(onlyWriter{f}, onlyReader{r}, buf)
	if err == nil {
		err = f.Chmod(mode(name))
	}
	return msg.Join(err, f.Close())
}
