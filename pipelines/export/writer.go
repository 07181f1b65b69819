package export

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// writer puts files into a folder and remembers their sums.
type writer struct {
	ctx   context.Context
	dir   string
	files []File
}

// put writes a file; name has slashes.
func (w *writer) put(name string, mode fs.FileMode, fill func(io.Writer) error) (archive.Sums, error) {
	if slices.ContainsFunc(w.files, func(f File) bool { return f.Name == name }) {
		return archive.Sums{}, msg.Errorf("export: %s is there twice", "导出：%s 重复", name)
	}
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := w.folder(filepath.Dir(path)); err != nil {
		return archive.Sums{}, failed(err)
	}
	sums, err := archive.WriteFile(w.ctx, path, mode, fill)
	if err != nil {
		return sums, err
	}
	w.files = append(w.files, File{name, sums})
	return sums, nil
}

// folder makes a folder and its parents with a mode that no umask changes.
func (w *writer) folder(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if path != w.dir {
		if err := w.folder(filepath.Dir(path)); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		return err
	}
	return os.Chmod(path, 0o755)
}

func (w *writer) text(name, text string) error {
	_, err := w.put(name, 0o644, func(to io.Writer) error { _, err := io.WriteString(to, text); return err })
	return err
}

// copy writes a file that is another's copy.
func (w *writer) copy(name, from string, mode fs.FileMode) (archive.Sums, error) {
	f, err := os.Open(from)
	if err != nil {
		return archive.Sums{}, failed(err)
	}
	defer f.Close()
	return w.put(name, mode, func(to io.Writer) error { _, err := io.Copy(to, f); return err })
}

// SumsName lists the sums of every other file, as sha256sum -c reads them.
const SumsName = "SHA256SUMS"

// Marker is the file by which an export is known; it holds the version of the
// folder's form.
const Marker = ".yingzao-export"

const form = "1\n"

// finish writes the marker and the sums.
func (w *writer) finish() error {
	if err := w.text(Marker, form); err != nil {
		return err
	}
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	var b strings.Builder
	for _, f := range w.files {
		b.WriteString(f.SHA256 + "  " + f.Name + "\n")
	}
	return w.text(SumsName, b.String())
}
