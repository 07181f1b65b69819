package file

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// List walks the directory. A store whose directory does not exist is empty.
// What is not an object is passed over: the hidden area, devices, links out of
// the store, names that are no valid keys.
func (s *Store) List(ctx context.Context, prefix string, fn func(store.Info) error) error {
	if err := ctx.Err(); err != nil {
		return s.fail(store.OpList, prefix, err)
	}
	root, err := s.view()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return s.fail(store.OpList, prefix, err)
	}
	defer root.Close()
	w := walk{ctx: ctx, root: root, prefix: prefix, fn: fn}
	err = w.dir(".")
	if w.stopped {
		return err
	}
	return s.fail(store.OpList, prefix, err)
}

type walk struct {
	ctx     context.Context
	root    *os.Root
	prefix  string
	fn      func(store.Info) error
	stopped bool // by fn
}

func (w *walk) dir(dir string) error {
	f, err := w.root.Open(dir)
	if err != nil {
		return unlessGone(err)
	}
	entries, err := f.ReadDir(-1)
	f.Close()
	if err != nil {
		return unlessGone(err)
	}
	// As keys sort: what is in directory a begins with "a/", behind "a-b".
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(sortName(a), sortName(b)) })
	for _, e := range entries {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		key := path.Join(dir, e.Name())
		switch {
		case strings.EqualFold(key, area):
		case e.IsDir() && (strings.HasPrefix(key+"/", w.prefix) || strings.HasPrefix(w.prefix, key+"/")):
			err = w.dir(key)
		case !e.IsDir() && strings.HasPrefix(key, w.prefix):
			err = w.object(key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) object(key string) error {
	fi, err := w.root.Stat(key)
	if err != nil || !fi.Mode().IsRegular() || validKey(key) != nil {
		return nil // gone in the meantime, a link out of the store, not an object
	}
	err = w.fn(infoOf(key, fi))
	w.stopped = err != nil
	return err
}

func sortName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}

// unlessGone forgives that a directory was removed while it was walked.
func unlessGone(err error) error {
	if absent(err) {
		return nil
	}
	return err
}

// Delete removes objects, and the directories that are empty without them.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	root, err := s.view()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.fail(store.OpDelete, "", err)
	}
	if err == nil {
		defer root.Close()
	}
	var errs []error
	for _, key := range keys {
		if err := ctx.Err(); err != nil {
			errs = append(errs, s.fail(store.OpDelete, key, err))
			break
		}
		if err := validKey(key); err != nil {
			errs = append(errs, s.fail(store.OpDelete, key, err))
		} else if root != nil {
			errs = append(errs, s.fail(store.OpDelete, key, remove(root, key)))
		}
	}
	return msg.Join(errs...)
}

func remove(root *os.Root, key string) error {
	if isDir(root, key) { // Remove would take an empty one
		return nil
	}
	if err := root.Remove(key); err != nil {
		return unlessGone(err)
	}
	prune(root, path.Dir(key))
	return nil
}
