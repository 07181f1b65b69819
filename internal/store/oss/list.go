package oss

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// List asks for pages of a thousand; OSS sorts by bytes. What is not an object
// by our rules, such as the "folders" consoles make, is passed over.
func (s *Store) List(ctx context.Context, prefix string, fn func(store.Info) error) error {
	params := map[string]string{"list-type": "2", "max-keys": "1000", "encoding-type": "url"}
	if s.prefix+prefix != "" {
		params["prefix"] = s.prefix + prefix
	}
	for {
		var page struct {
			XMLName               xml.Name `xml:"ListBucketResult"`
			IsTruncated           bool
			NextContinuationToken string
			Contents              []struct {
				Key          string
				Size         int64
				ETag         string
				LastModified time.Time
			}
		}
		if _, err := s.call(ctx, request{op: store.OpList, key: prefix, method: http.MethodGet, params: params}, &page); err != nil {
			return err
		}
		for _, o := range page.Contents {
			name, err := url.QueryUnescape(o.Key)
			key, inside := strings.CutPrefix(name, s.prefix)
			if err != nil || !inside || store.ValidKey(key) != nil {
				continue
			}
			if err := ctx.Err(); err != nil {
				return store.Fail(store.OpList, prefix, nil, err)
			}
			if err := fn(store.Info{Key: key, Size: o.Size, ETag: o.ETag, Modified: o.LastModified}); err != nil {
				return err
			}
		}
		if !page.IsTruncated {
			return nil
		}
		next, err := url.QueryUnescape(page.NextContinuationToken)
		if err != nil || next == "" || next == params["continuation-token"] {
			return store.Fail(store.OpList, prefix, store.ErrTransient, msg.Errorf("the listing does not say how it goes on", "列表结果未给出后续位置"))
		}
		params["continuation-token"] = next
	}
}

// Delete removes objects, a thousand in one request. If one of the keys is
// invalid, nothing is deleted.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	objects := make([]string, len(keys))
	var errs []error
	for i, key := range keys {
		object, err := s.object(key)
		if err != nil {
			errs = append(errs, store.Fail(store.OpDelete, key, nil, err))
		}
		objects[i] = object
	}
	if err := msg.Join(errs...); err != nil {
		return err
	}
	for chunk := range slices.Chunk(objects, 1000) {
		if err := s.deleteChunk(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) deleteChunk(ctx context.Context, objects []string) error {
	key := strings.TrimPrefix(objects[0], s.prefix)
	if len(objects) == 1 {
		_, err := s.call(ctx, request{op: store.OpDelete, key: key, method: http.MethodDelete, object: objects[0]}, nil)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}
	type object struct{ Key string }
	var in struct {
		XMLName xml.Name `xml:"Delete"`
		Quiet   bool
		Object  []object
	}
	for _, o := range objects {
		in.Object = append(in.Object, object{o})
	}
	content, err := xml.Marshal(in)
	if err != nil {
		return store.Fail(store.OpDelete, key, nil, err)
	}
	b, err := bytesBody(ctx, content)
	if err != nil {
		return store.Fail(store.OpDelete, key, nil, err)
	}
	sum := md5.Sum(content)
	var out struct {
		XMLName xml.Name `xml:"DeleteResult"`
		Deleted []object
	}
	_, err = s.call(ctx, request{
		op: store.OpDelete, key: key, method: http.MethodPost, params: map[string]string{"delete": "", "encoding-type": "url"},
		headers: map[string]string{"Content-Md5": base64.StdEncoding.EncodeToString(sum[:]), "Content-Type": "application/xml"}, body: b,
	}, &out)
	if err == nil && len(out.Deleted) != len(objects) {
		err = store.Fail(store.OpDelete, key, store.ErrTransient, msg.Errorf("%d of %d objects were deleted", "共删除 %d 个对象，应为 %d 个", len(out.Deleted), len(objects)))
	}
	return err
}
