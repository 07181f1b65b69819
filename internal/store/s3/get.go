package s3

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what ETags are made of
	"io"
	"net/http"

	"github.com/minio/minio-go/v7"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// Head tells about an object.
func (s *Store) Head(ctx context.Context, key string) (store.Info, error) {
	info, err := s.head(ctx, key)
	return info, s.service.Fail(store.OpHead, key, err, false)
}

func (s *Store) head(ctx context.Context, key string) (store.Info, error) {
	if err := s.check(ctx, key); err != nil {
		return store.Info{}, err
	}
	core, x, err := s.call(ctx)
	if err != nil {
		return store.Info{}, err
	}
	_, err = core.StatObject(ctx, s.bucket, s.prefix+key, minio.StatObjectOptions{})
	if err := received(x, err); err != nil {
		return store.Info{}, err
	}
	info, ok := infoOf(x, key, false)
	if !ok {
		return store.Info{}, x.Unclear()
	}
	return info, nil
}

func infoOf(x *remote.Exchange, key string, ranged bool) (info store.Info, ok bool) {
	info = x.Info(key)
	info.Size, ok = x.WholeSize(ranged)
	return info, ok
}

// Get reads an object or a range of it.
func (s *Store) Get(ctx context.Context, key string, off, n int64) (io.ReadCloser, store.Info, error) {
	r, info, err := s.get(ctx, key, off, n)
	if err != nil {
		return nil, store.Info{}, s.service.Fail(store.OpGet, key, err, false)
	}
	return r, info, nil
}

func (s *Store) get(ctx context.Context, key string, off, n int64) (io.ReadCloser, store.Info, error) {
	if err := s.check(ctx, key); err != nil {
		return nil, store.Info{}, err
	}
	if off < 0 {
		return nil, store.Info{}, msg.Errorf("negative offset %d", "负的偏移量 %d", off)
	}
	if n == 0 {
		return s.nothing(ctx, key)
	}
	core, x, err := s.call(ctx)
	if err != nil {
		return nil, store.Info{}, err
	}
	x.Object = true
	span, o := remote.Range(off, n), minio.GetObjectOptions{}
	if span != "" {
		o.Set("Range", span)
	}
	body, _, _, err := core.GetObject(ctx, s.bucket, s.prefix+key, o)
	if x.Status() == http.StatusRequestedRangeNotSatisfiable {
		return s.nothing(ctx, key)
	}
	if err := received(x, err); err != nil {
		return nil, store.Info{}, err
	}
	info, ok := infoOf(x, key, span != "")
	if !ok {
		body.Close()
		return nil, store.Info{}, x.Unclear()
	}
	r := &remote.Reader{Context: ctx, Body: body, Fail: func(err error) error {
		return s.service.Fail(store.OpGet, key, err, false)
	}}
	if want := digestOf(x, info.ETag); want != nil && span == "" {
		r.Sum, r.Want = md5.New(), want //nolint:gosec // see above
	}
	return r, info, nil
}

// nothing is a range without bytes.
func (s *Store) nothing(ctx context.Context, key string) (io.ReadCloser, store.Info, error) {
	info, err := s.head(ctx, key)
	return &remote.Reader{Context: ctx, Body: io.NopCloser(bytes.NewReader(nil)), Fail: func(err error) error {
		return s.service.Fail(store.OpGet, key, err, false)
	}}, info, err
}
