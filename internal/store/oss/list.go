package oss

import (
	"context"
	"crypto/md5" //nolint:gosec // what Content-MD5 is made of
	"encoding/base64"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// List asks for page after page; OSS sorts by bytes. What is no valid key is
// passed over: the console makes objects that end with a slash, to look like
// folders.
func (s *Store) List(ctx context.Context, prefix string, fn func(store.Info) error) error {
	params := map[string]string{"list-type": "2", "max-keys": strconv.Itoa(batch), "encoding-type": "url"}
	if s.prefix+prefix != "" {
		params["prefix"] = s.prefix + prefix
	}
	for {
		next, err := s.page(ctx, params, fn)
		var own *stopped
		switch {
		case errors.As(err, &own):
			return own.err
		case err != nil:
			return s.fail(store.OpList, prefix, err, false)
		case next == "":
			return nil
		}
		params["continuation-token"] = next
	}
}

// stopped carries the error of the caller's function past those of the store.
type stopped struct{ err error }

func (s *stopped) Error() string { return s.err.Error() }

// page hands on one page and returns where the next one begins, "" at the end.
func (s *Store) page(ctx context.Context, params map[string]string, fn func(store.Info) error) (next string, err error) {
	var page struct {
		IsTruncated           bool
		NextContinuationToken string
		Contents              []struct {
			Key          string
			Size         int64
			ETag         string
			LastModified time.Time
		}
	}
	x, err := s.document(ctx, request{method: http.MethodGet, params: params}, "ListBucketResult", &page)
	if err != nil {
		return "", err
	}
	for _, o := range page.Contents {
		name, err := url.QueryUnescape(o.Key)
		key, inside := strings.CutPrefix(name, s.prefix)
		if err != nil || !inside {
			return "", x.Unclear()
		}
		if store.ValidKey(key) != nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if err := fn(store.Info{Key: key, Size: o.Size, ETag: strings.Trim(o.ETag, `"`), Modified: o.LastModified}); err != nil {
			return "", &stopped{err}
		}
	}
	if !page.IsTruncated {
		return "", nil
	}
	next, err = url.QueryUnescape(page.NextContinuationToken)
	if err != nil || next == "" || next == params["continuation-token"] {
		return "", x.Unclear()
	}
	return next, nil
}

// Delete removes objects, a thousand with one request. If one of the keys is
// invalid, nothing is deleted.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := s.check(ctx, key); err != nil {
			return s.fail(store.OpDelete, key, err, false)
		}
	}
	if len(keys) == 1 {
		_, _, err := s.send(ctx, request{method: http.MethodDelete, object: s.prefix + keys[0]})
		if err = s.fail(store.OpDelete, keys[0], err, false); errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}
	for chunk := range slices.Chunk(keys, batch) {
		if err := s.deleteMany(ctx, chunk); err != nil {
			return s.fail(store.OpDelete, chunk[0], err, false)
		}
	}
	return nil
}

func (s *Store) deleteMany(ctx context.Context, keys []string) error {
	type object struct{ Key string }
	var in struct {
		XMLName xml.Name `xml:"Delete"`
		Object  []object
	}
	for _, key := range keys {
		in.Object = append(in.Object, object{s.prefix + key})
	}
	content, err := xml.Marshal(in)
	if err != nil {
		return err
	}
	body, err := small(ctx, content)
	if err != nil {
		return err
	}
	sum := md5.Sum(content) //nolint:gosec // see above
	var out struct{ Deleted []object }
	x, err := s.document(ctx, request{
		method: http.MethodPost, params: map[string]string{"delete": "", "encoding-type": "url"}, body: body, size: int64(len(content)),
		headers: map[string]string{"Content-Md5": base64.StdEncoding.EncodeToString(sum[:]), "Content-Type": "application/xml"},
	}, "DeleteResult", &out)
	if err == nil && len(out.Deleted) != len(keys) {
		err = x.Unclear()
	}
	return err
}
