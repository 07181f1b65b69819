package goenv

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// staleAfter is the age at which a temporary file of ours has lost its writer:
// a write takes milliseconds. A writer that was stopped longer fails at its
// rename and harms nothing.
const staleAfter = 10 * time.Minute

// WriteFile replaces a file as a whole: a temporary file beside it, flushed to
// disk, then renamed. A reader, and a crash, sees the old content or the new.
// A symbolic link stays one: what it points to is replaced, or made. The folder
// is made when it is missing. perm is for a new file; an old one keeps its mode
// and, where that is allowed, its owner. Anything but a regular file is refused:
// GOENV=/dev/null must not cost the machine its /dev/null. Temporary files that
// killed writers left are removed.
func WriteFile(path string, data []byte, perm fs.FileMode) (err error) {
	path, err = Follow(path)
	if err != nil {
		return err
	}
	dir, base := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	old, err := os.Lstat(path)
	switch {
	case err == nil && !old.Mode().IsRegular():
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("not a regular file")}
	case err == nil:
		perm = old.Mode().Perm()
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	sweep(dir, base, staleAfter)

	f, err := os.OpenFile(filepath.Join(dir, tempPrefix(base)+rand.Text()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
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
	if old != nil {
		keepOwner(f, old)
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

// Follow returns what a chain of symbolic links leads to, which need not exist: path
// itself where it is no link. The error is of a chain that cannot be read or has no end.
func Follow(path string) (string, error) {
	for range 40 {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return path, nil // what is wrong with it shows when it is written
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			dir, _ := filepath.Split(path)
			to = dir + to // not cleaned: dir/.. is elsewhere when dir is a link
		}
		path = to
	}
	return "", &fs.PathError{Op: "write", Path: path, Err: errors.New("too many links")}
}

// tempPrefix begins the names of our temporary files beside base.
func tempPrefix(base string) string { return fmt.Sprintf(".%s.yingzao-", base) }

// SweepFile removes what killed writers of a file left beside it, however fresh:
// it is for who knows that no writer is at work. One that is after all fails and
// harms nothing.
func SweepFile(path string) {
	if path, err := Follow(path); err == nil {
		dir, base := filepath.Split(path)
		sweep(dir, base, 0)
	}
}

// sweep removes what killed writers of the same file left. It touches regular
// files alone, whose names only this package makes, and not the fresh ones:
// their writer may be at work.
func sweep(dir, base string, age time.Duration) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		random, ours := strings.CutPrefix(e.Name(), tempPrefix(base))
		if !ours || len(random) != len(rand.Text()) || !e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) >= age {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
