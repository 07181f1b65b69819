package s3

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/minio/minio-go/v7"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// batch is the most that one request lists or deletes.
const batch = 1000

// List asks for page after page. What is no valid key is passed over: tools make
// objects that end with a slash, to look like folders.
func (s *Store) List(ctx context.Context, prefix string, fn func(store.Info) error) error {
	marker := ""
	for {
		if err := ctx.Err(); err != nil {
			return s.service.Fail(store.OpList, prefix, err, false)
		}
		core, x, err := s.call(ctx)
		if err != nil {
			return s.service.Fail(store.OpList, prefix, err, false)
		}
		page, err := core.ListObjects(s.bucket, s.prefix+prefix, marker, "", batch) // the context is the exchange's
		if err := s.service.Fail(store.OpList, prefix, x.Document("ListBucketResult", err), false); err != nil {
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
func (s *Store) page(page minio.ListBucketResult, prefix, after string, fn func(store.Info) error) (next string, err error) {
	for _, o := range page.Contents {
		if o.Key <= after || !strings.HasPrefix(o.Key, prefix) {
			return "", errPage
		}
		after = o.Key
		key := strings.TrimPrefix(o.Key, s.prefix)
		if store.ValidKey(key) != nil || strings.HasPrefix(key, probe) {
			continue
		}
		if err := fn(store.Info{Key: key, Size: o.Size, ETag: strings.Trim(o.ETag, `"`), Modified: o.LastModified}); err != nil {
			return "", err
		}
	}
	if !page.IsTruncated {
		return "", nil
	}
	if len(page.Contents) == 0 {
		return "", errPage
	}
	return max(after, page.NextMarker), nil
}

// Delete removes objects, a thousand with one request.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := s.check(ctx, key); err != nil {
			return s.service.Fail(store.OpDelete, key, err, false)
		}
	}
	if len(keys) == 1 {
		return s.deleteOne(ctx, keys[0])
	}
	for few := range slices.Chunk(keys, batch) {
		if err := s.deleteMany(ctx, few); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) deleteOne(ctx context.Context, key string) error {
	core, x, err := s.call(ctx)
	if err == nil {
		err = x.Failure(core.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{}))
	}
	if err = s.service.Fail(store.OpDelete, key, err, false); errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// deleteMany makes one request: the SDK's iterator sends what it was given when
// there is no more.
func (s *Store) deleteMany(ctx context.Context, keys []string) error {
	core, x, err := s.call(ctx)
	if err != nil {
		return s.service.Fail(store.OpDelete, keys[0], err, false)
	}
	results, err := core.RemoveObjectsWithIter(ctx, s.bucket, func(yield func(minio.ObjectInfo) bool) {
		for _, key := range keys {
			if !yield(minio.ObjectInfo{Key: s.prefix + key}) {
				return
			}
		}
	}, minio.RemoveObjectsOptions{})
	if err != nil {
		return s.service.Fail(store.OpDelete, keys[0], err, false)
	}
	var errs []error
	var fromSDK error
	for r := range results {
		if r.Err == nil {
			continue
		}
		answer := minio.ToErrorResponse(r.Err)
		if answer.StatusCode != 0 || answer.Code == "" { // of the request, not of one object
			fromSDK = r.Err
			continue
		}
		err := s.service.Fail(store.OpDelete, strings.TrimPrefix(r.ObjectName, s.prefix), x.Part(answer.Code, answer.Message), false)
		if !errors.Is(err, store.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	if err := s.service.Fail(store.OpDelete, keys[0], x.Document("DeleteResult", fromSDK), false); err != nil {
		return err
	}
	return msg.Join(errs...)
}
