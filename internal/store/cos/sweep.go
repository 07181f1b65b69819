package cos

import (
	"context"
	"strings"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// Unfinished calls fn for each upload below the store's prefix that was begun
// before the given age, in the order of keys, until fn fails.
func (s *Store) Unfinished(ctx context.Context, olderThan time.Duration, fn func(remote.Unfinished) error) error {
	old := time.Now().Add(-olderThan)
	o := &cos.ListMultipartUploadsOptions{Prefix: s.prefix, MaxUploads: batch}
	for {
		if err := ctx.Err(); err != nil {
			return s.service.Fail(store.OpList, "", err, false)
		}
		c, x := s.call(ctx)
		page, _, err := c.Bucket.ListMultipartUploads(ctx, o)
		if err := s.document(store.OpList, "", x, "ListMultipartUploadsResult", err); err != nil {
			return err
		}
		for _, u := range page.Uploads {
			key, inside := strings.CutPrefix(u.Key, s.prefix)
			begun, err := time.Parse(time.RFC3339, u.Initiated)
			if !inside || err != nil || !begun.Before(old) {
				continue
			}
			if err := fn(remote.Unfinished{Key: key, ID: u.UploadID, Begun: begun}); err != nil {
				return err
			}
		}
		switch {
		case !page.IsTruncated:
			return nil
		case page.NextKeyMarker == o.KeyMarker && page.NextUploadIDMarker == o.UploadIDMarker:
			return s.service.Fail(store.OpList, "", x.Unclear(), false)
		}
		o.KeyMarker, o.UploadIDMarker = page.NextKeyMarker, page.NextUploadIDMarker
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
