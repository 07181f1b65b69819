package s3

import (
	"context"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// Unfinished calls fn for each upload below the store's prefix that was begun
// before the given age, in the order of keys, until fn fails.
func (s *Store) Unfinished(ctx context.Context, olderThan time.Duration, fn func(remote.Unfinished) error) error {
	old := time.Now().Add(-olderThan)
	for key, id := "", ""; ; {
		if err := ctx.Err(); err != nil {
			return s.service.Fail(store.OpList, "", err, false)
		}
		core, x, err := s.call(ctx)
		if err != nil {
			return s.service.Fail(store.OpList, "", err, false)
		}
		page, err := core.ListMultipartUploads(ctx, s.bucket, s.prefix, key, id, "", batch)
		if err := s.service.Fail(store.OpList, "", x.Document("ListMultipartUploadsResult", err), false); err != nil {
			return err
		}
		for _, u := range page.Uploads {
			name, inside := strings.CutPrefix(u.Key, s.prefix)
			if !inside || !u.Initiated.Before(old) {
				continue
			}
			if err := fn(remote.Unfinished{Key: name, ID: u.UploadID, Begun: u.Initiated}); err != nil {
				return err
			}
		}
		switch {
		case !page.IsTruncated:
			return nil
		case page.NextKeyMarker == key && page.NextUploadIDMarker == id:
			return s.service.Fail(store.OpList, "", x.Unclear(), false)
		}
		key, id = page.NextKeyMarker, page.NextUploadIDMarker
	}
}

// Sweep aborts the uploads begun before the given age and returns how many those
// were. Choose it longer than any upload takes: a day.
func (s *Store) Sweep(ctx context.Context, olderThan time.Duration) (int, error) {
	swept := 0
	err := s.Unfinished(ctx, olderThan, func(f remote.Unfinished) error {
		err := (&upload{s: s, key: f.Key, id: f.ID}).Abort(ctx)
		if err == nil {
			swept++
		}
		return err
	})
	return swept, err
}
