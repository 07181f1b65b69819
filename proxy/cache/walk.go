package cache

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Entry is a file of the tree.
type Entry struct {
	Key      string
	Size     int64
	Modified time.Time
}

// Walk calls fn for each file of the directory whose key begins with prefix, in
// the order of keys, .yingzao left out, until fn fails. It reads the folders below
// prefix alone. The bucket is not asked: it is never listed.
func (c *Cache) Walk(ctx context.Context, prefix string, fn func(Entry) error) error {
	return c.below(ctx, prefix, func(key string, fi fs.FileInfo) error {
		return fn(Entry{Key: key, Size: fi.Size(), Modified: fi.ModTime()})
	}, nil)
}

// below walks from the last folder that prefix names.
func (c *Cache) below(ctx context.Context, prefix string, fn func(string, fs.FileInfo) error, bad func(string, error) error) error {
	dir := path.Dir(prefix)
	if prefix == "" || checkKey(dir) != nil {
		dir = "."
	}
	return c.walk(ctx, dir, prefix, fn, bad)
}

// walk goes on past folders that belong to somebody else and cannot be read; bad is told
// of them, nil = nobody is.
func (c *Cache) walk(ctx context.Context, dir, prefix string, fn func(string, fs.FileInfo) error, bad func(string, error) error) error {
	entries, err := c.list(dir)
	switch {
	case errors.Is(err, fs.ErrPermission) && dir != ".":
		if bad == nil {
			return nil
		}
		return bad(dir, err)
	case err != nil:
		return readFail(dir, err)
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		key := path.Join(dir, e.Name())
		switch {
		case key == hidden:
		case e.IsDir() && (strings.HasPrefix(key+"/", prefix) || strings.HasPrefix(prefix, key+"/")):
			err = c.walk(ctx, key, prefix, fn, bad)
		case e.Type().IsRegular() && strings.HasPrefix(key, prefix):
			fi, infoErr := c.root.Lstat(key)
			if infoErr != nil || !fi.Mode().IsRegular() {
				continue // gone in the meantime
			}
			err = fn(key, fi)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list reads a folder in the order of keys: what is in folder a begins with "a/",
// behind "a-b". One that is gone is empty.
func (c *Cache) list(dir string) ([]fs.DirEntry, error) {
	f, err := c.root.Open(dir)
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := f.ReadDir(-1)
	switch err := errors.Join(err, f.Close()); {
	case absent(err): // a file
		return nil, nil
	case err != nil:
		return nil, err
	}
	sortName := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(sortName(a), sortName(b)) })
	return entries, nil
}
