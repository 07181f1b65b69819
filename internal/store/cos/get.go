package cos

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net/http"
	"strconv"

	"github.com/tencentyun/cos-go-sdk-v5"

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
	c, x := s.call(ctx)
	_, err := c.Object.Head(ctx, s.prefix+key, nil)
	if err := s.received(x, err); err != nil {
		return store.Info{}, err
	}
	info, ok := s.infoOf(x, key, false)
	if !ok {
		return store.Info{}, x.Unclear()
	}
	return info, nil
}

func (s *Store) infoOf(x *remote.Exchange, key string, ranged bool) (info store.Info, ok bool) {
	info = x.Info(key)
	info.CRC64 = x.Header(crcHeader)
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
	c, x := s.call(ctx)
	x.Object = true
	span := remote.Range(off, n)
	resp, err := c.Object.Get(ctx, s.prefix+key, &cos.ObjectGetOptions{Range: span})
	if x.Status() == http.StatusRequestedRangeNotSatisfiable {
		return s.nothing(ctx, key)
	}
	if err := s.received(x, err); err != nil {
		return nil, store.Info{}, err
	}
	info, ok := s.infoOf(x, key, span != "")
	if !ok {
		resp.Body.Close()
		return nil, store.Info{}, x.Unclear()
	}
	r := &remote.Reader{Context: ctx, Body: resp.Body, Fail: func(err error) error {
		return s.service.Fail(store.OpGet, key, err, false)
	}}
	if want, err := strconv.ParseUint(info.CRC64, 10, 64); err == nil && span == "" {
		r.Sum, r.Want = store.NewCRC64(), binary.BigEndian.AppendUint64(nil, want)
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
