package goenv

import (
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile replaces a file as a whole: a temporary file beside it, flushed to
// disk, then renamed. A reader, and a crash, sees the old content or the new.
// A symbolic link stays one: what it points to is replaced. The folder is made
// when it is missing. perm is for a new file; an old one keeps its own.
func WriteFile(path string, data []byte, perm fs.FileMode) (err error) {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil {
		perm = info.Mode().Perm()
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Chmod(perm); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	if d, openErr := os.Open(dir); openErr == nil {
		_ = d.Sync() // some file systems cannot; the rename stands
		d.Close()
	}
	return nil
}
