package remote

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// Unfinished calls fn for each upload below the store's prefix that was begun
// before the given age, in the order of keys, until fn fails; that error is
// returned as it is.
func (s *Store) Unfinished(ctx context.Context, olderThan time.Duration, fn func(store.Unfinished) error) error {
	old := time.Now().Add(-olderThan)
	for key, id := "", ""; ; {
		var err error
		key, id, err = s.uploads(ctx, key, id, func(u store.Unfinished) error {
			if !u.Begun.Before(old) {
				return nil
			}
			return fn(u)
		})
		var own *stopped
		switch {
		case errors.As(err, &own):
			return own.err
		case err != nil:
			return s.fail(store.OpList, "", err, false)
		case key == "" && id == "":
			return nil
		}
	}
}

// uploads hands on one page and returns where the next one begins.
func (s *Store) uploads(ctx context.Context, key, id string, fn func(store.Unfinished) error) (nextKey, nextID string, err error) {
	var page struct {
		EncodingType  string
		IsTruncated   bool
		NextKeyMarker string
		NextID        string `xml:"NextUploadIdMarker"`
		Upload        []struct {
			Key       string
			ID        string `xml:"UploadId"`
			Initiated string
		}
	}
	x := s.exchange(ctx)
	if err := s.document(x, s.Dialect.ListUploads(x, s.Prefix, key, id), "ListMultipartUploadsResult", &page); err != nil {
		return "", "", err
	}
	for _, u := range page.Upload {
		name, err := decoded(u.Key, page.EncodingType)
		begun := timeOf(u.Initiated)
		rest, inside := strings.CutPrefix(name, s.Prefix)
		if err != nil || !inside || begun.IsZero() {
			continue
		}
		if err := fn(store.Unfinished{Key: rest, ID: u.ID, Begun: begun}); err != nil {
			return "", "", &stopped{err}
		}
	}
	if !page.IsTruncated {
		return "", "", nil
	}
	nextKey, err = decoded(page.NextKeyMarker, page.EncodingType)
	if err != nil || nextKey == key && page.NextID == id {
		return "", "", x.Unclear()
	}
	return nextKey, page.NextID, nil
}

// Sweep aborts the uploads begun before the given age and returns how many those
// were. Choose it longer than any upload takes: a day.
func (s *Store) Sweep(ctx context.Context, olderThan time.Duration) (int, error) {
	swept := 0
	err := s.Unfinished(ctx, olderThan, func(f store.Unfinished) error {
		err := (&upload{s: s, key: f.Key, id: f.ID}).Abort(ctx)
		if err == nil {
			swept++
		}
		return err
	})
	return swept, err
}
