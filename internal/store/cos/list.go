package cos

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// batch is the most that one request lists or deletes.
const batch = 1000

// List asks for page after page. What is no valid key is passed over: the
// console makes objects that end with a slash, to look like folders.
func (s *Store) List(ctx context.Context, prefix string, fn func(store.Info) error) error {
	marker := ""
	for {
		if err := ctx.Err(); err != nil {
			return s.service.Fail(store.OpList, prefix, err, false)
		}
		c, x := s.call(ctx)
		page, _, err := c.Bucket.Get(ctx, &cos.BucketGetOptions{Prefix: s.prefix + prefix, Marker: marker, MaxKeys: batch, EncodingType: "url"})
		if err := s.document(store.OpList, prefix, x, "ListBucketResult", err); err != nil {
			return err
		}
		next, err := s.page(page, s.prefix+prefix, marker, fn)
		switch {
		case errors.Is(err, errPage):
			return s.service.Fail(store.OpList, prefix, x.Unclear(), false)
		case err != nil || next == "":
			return err
		}
		marker = next
	}
}

// errPage is a page that cannot be true.
var errPage = errors.New("bad page")

// page hands on what a page holds and returns where the next one begins, "" at
// the end.
func (s *Store) page(page *cos.BucketGetResult, prefix, after string, fn func(store.Info) error) (next string, err error) {
	decode := func(name string) string {
		if page.EncodingType != "url" {
			return name
		}
		plain, err := url.QueryUnescape(name)
		if err != nil {
			return name
		}
		return plain
	}
	for _, o := range page.Contents {
		name := decode(o.Key)
		if name <= after || !strings.HasPrefix(name, prefix) {
			return "", errPage
		}
		after = name
		key := strings.TrimPrefix(name, s.prefix)
		if store.ValidKey(key) != nil {
			continue
		}
		info := store.Info{Key: key, Size: o.Size, ETag: strings.Trim(o.ETag, `"`)}
		info.Modified, _ = time.Parse(time.RFC3339, o.LastModified) // zero when it does not say
		if err := fn(info); err != nil {
			return "", err
		}
	}
	if !page.IsTruncated {
		return "", nil
	}
	if next = max(after, decode(page.NextMarker)); len(page.Contents) == 0 {
		return "", errPage
	}
	return next, nil
}

// Delete removes objects, a thousand with one request.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := s.check(ctx, key); err != nil {
			return s.service.Fail(store.OpDelete, key, err, false)
		}
	}
	if len(keys) == 1 {
		c, x := s.call(ctx)
		_, err := c.Object.Delete(ctx, s.prefix+keys[0])
		if err = s.done(store.OpDelete, keys[0], x, err); errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}
	for len(keys) > 0 {
		n := min(len(keys), batch)
		if err := s.deleteMany(ctx, keys[:n]); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

func (s *Store) deleteMany(ctx context.Context, keys []string) error {
	o := &cos.ObjectDeleteMultiOptions{Quiet: true}
	for _, key := range keys {
		o.Objects = append(o.Objects, cos.Object{Key: s.prefix + key})
	}
	c, x := s.call(ctx)
	result, _, err := c.Object.DeleteMulti(ctx, o)
	if err := s.document(store.OpDelete, keys[0], x, "DeleteResult", err); err != nil {
		return err
	}
	var errs []error
	for _, e := range result.Errors {
		if err := s.service.Fail(store.OpDelete, strings.TrimPrefix(e.Key, s.prefix), x.Part(e.Code, e.Message), false); !errors.Is(err, store.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return msg.Join(errs...)
}
