package oss

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Unfinished is an upload that was begun and neither committed nor aborted.
type Unfinished struct {
	Key, ID string
	Begun   time.Time
}

// Unfinished calls fn for each upload below the store's prefix that was begun
// before the given age, in the order of keys, until fn fails.
func (s *Store) Unfinished(ctx context.Context, olderThan time.Duration, fn func(Unfinished) error) error {
	params := map[string]string{"uploads": "", "max-uploads": "1000", "encoding-type": "url", "prefix": s.prefix}
	if s.prefix == "" {
		delete(params, "prefix")
	}
	old := s.now().Add(-olderThan)
	for {
		var page struct {
			XMLName            xml.Name `xml:"ListMultipartUploadsResult"`
			IsTruncated        bool
			NextKeyMarker      string
			NextUploadIDMarker string `xml:"NextUploadIdMarker"`
			Upload             []struct {
				Key       string
				UploadID  string `xml:"UploadId"`
				Initiated time.Time
			}
		}
		if _, err := s.call(ctx, request{op: store.OpList, method: http.MethodGet, params: params}, &page); err != nil {
			return err
		}
		for _, u := range page.Upload {
			name, err := url.QueryUnescape(u.Key)
			key, inside := strings.CutPrefix(name, s.prefix)
			if err != nil || !inside || !u.Initiated.Before(old) {
				continue
			}
			if err := fn(Unfinished{key, u.UploadID, u.Initiated}); err != nil {
				return err
			}
		}
		if !page.IsTruncated {
			return nil
		}
		next, err := url.QueryUnescape(page.NextKeyMarker)
		if err != nil || next == params["key-marker"] && page.NextUploadIDMarker == params["upload-id-marker"] {
			return store.Fail(store.OpList, "", store.ErrTransient, msg.Errorf("the listing does not say how it goes on", "列表结果未给出后续位置"))
		}
		params["key-marker"], params["upload-id-marker"] = next, page.NextUploadIDMarker
	}
}

// Sweep aborts the uploads begun before the given age and returns how many those
// were. Choose it longer than any upload takes: a day.
func (s *Store) Sweep(ctx context.Context, olderThan time.Duration) (int, error) {
	swept := 0
	err := s.Unfinished(ctx, olderThan, func(f Unfinished) error {
		u := &upload{s: s, key: f.Key, id: f.ID, object: s.prefix + f.Key}
		_, err := s.call(ctx, u.request(store.OpAbort, http.MethodDelete), nil)
		if errors.Is(err, store.ErrExpired) {
			return nil // finished meanwhile
		}
		if err == nil {
			swept++
		}
		return err
	})
	return swept, err
}
