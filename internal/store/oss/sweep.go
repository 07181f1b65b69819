package oss

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// Unfinished calls fn for each upload below the store's prefix that was begun
// before the given age, in the order of keys, until fn fails.
func (s *Store) Unfinished(ctx context.Context, olderThan time.Duration, fn func(remote.Unfinished) error) error {
	params := map[string]string{"uploads": "", "max-uploads": strconv.Itoa(batch), "encoding-type": "url"}
	if s.prefix != "" {
		params["prefix"] = s.prefix
	}
	old := s.now().Add(-olderThan)
	for {
		var page struct {
			IsTruncated        bool
			NextKeyMarker      string
			NextUploadIDMarker string `xml:"NextUploadIdMarker"`
			Upload             []struct {
				Key       string
				UploadID  string `xml:"UploadId"`
				Initiated time.Time
			}
		}
		x, err := s.document(ctx, request{method: http.MethodGet, params: params}, "ListMultipartUploadsResult", &page)
		if err != nil {
			return s.fail(store.OpList, "", err, false)
		}
		for _, u := range page.Upload {
			name, err := url.QueryUnescape(u.Key)
			key, inside := strings.CutPrefix(name, s.prefix)
			if err != nil || !inside || !u.Initiated.Before(old) {
				continue
			}
			if err := fn(remote.Unfinished{Key: key, ID: u.UploadID, Begun: u.Initiated}); err != nil {
				return err
			}
		}
		if !page.IsTruncated {
			return nil
		}
		next, err := url.QueryUnescape(page.NextKeyMarker)
		if err != nil || next == params["key-marker"] && page.NextUploadIDMarker == params["upload-id-marker"] {
			return s.fail(store.OpList, "", x.Unclear(), false)
		}
		params["key-marker"], params["upload-id-marker"] = next, page.NextUploadIDMarker
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
