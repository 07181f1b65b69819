package file

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// Sweep removes what killed processes left in the hidden area and nobody has
// written to for the given time, and returns how many uploads that were. Choose
// the time longer than any upload pauses: a day.
func (s *Store) Sweep(ctx context.Context, olderThan time.Duration) (int, error) {
	root, err := s.view()
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, s.fail(store.OpDelete, "", err)
	}
	defer root.Close()
	defer tidy(root)
	old := time.Now().Add(-olderThan)
	entries, err := fs.ReadDir(root.FS(), area)
	if err != nil {
		return 0, s.fail(store.OpDelete, area, unlessGone(err))
	}
	swept := 0
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return swept, s.fail(store.OpDelete, area, err)
		}
		name, fresh := path.Join(area, e.Name()), false
		err := fs.WalkDir(root.FS(), name, func(_ string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			fi, err := d.Info()
			if err == nil && fi.ModTime().After(old) {
				fresh = true
			}
			return err
		})
		if absent(err) || err == nil && fresh {
			continue // finished meanwhile, or alive
		}
		if err == nil {
			err = root.RemoveAll(name)
		}
		if err != nil {
			return swept, s.fail(store.OpDelete, name, err)
		}
		swept++
	}
	return swept, nil
}
