package oss

import (
	"context"
	"encoding/binary"
	"io"
	"net/http"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// Head tells about an object.
func (s *Store) Head(ctx context.Context, key string) (store.Info, error) {
	info, err := s.head(ctx, key)
	return info, s.fail(store.OpHead, key, err, false)
}

func (s *Store) head(ctx context.Context, key string) (store.Info, error) {
	if err := s.check(ctx, key); err != nil {
		return store.Info{}, err
	}
	x, _, err := s.tagged(ctx, request{method: http.MethodHead, object: s.prefix + key})
	if err != nil {
		return store.Info{}, err
	}
	return infoOf(x, key, false)
}

func infoOf(x *remote.Exchange, key string, ranged bool) (store.Info, error) {
	info := x.Info(key)
	size, ok := x.WholeSize(ranged)
	if !ok {
		return store.Info{}, x.Unclear()
	}
	info.Size, info.CRC64 = size, x.Header(crcHeader)
	return info, nil
}

// Get reads an object or a range of it. A whole object is held to its CRC-64:
// the last read fails with ErrIntegrity.
func (s *Store) Get(ctx context.Context, key string, off, n int64) (io.ReadCloser, store.Info, error) {
	r, info, err := s.get(ctx, key, off, n)
	if err != nil {
		return nil, store.Info{}, s.fail(store.OpGet, key, err, false)
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
	span := remote.Range(off, n)
	h := map[string]string{"Accept-Encoding": "identity", "Range": span} // OSS compresses pages for clients that take it
	if span != "" {
		h["X-Oss-Range-Behavior"] = "standard" // else a range past the end is the whole object
	}
	x, body, err := s.tagged(ctx, request{method: http.MethodGet, object: s.prefix + key, headers: h, stream: true})
	if x != nil && x.Status() == http.StatusRequestedRangeNotSatisfiable {
		return s.nothing(ctx, key)
	}
	if err != nil {
		return nil, store.Info{}, err
	}
	info, err := infoOf(x, key, span != "")
	if err != nil {
		_ = body.Close()
		return nil, store.Info{}, err
	}
	r := s.reader(ctx, key, body)
	if want, ok := store.ParseCRC64(info.CRC64); ok && span == "" {
		r.Sum, r.Want = store.NewCRC64(), binary.BigEndian.AppendUint64(nil, want)
	}
	return r, info, nil
}

// nothing is a range without bytes.
func (s *Store) nothing(ctx context.Context, key string) (io.ReadCloser, store.Info, error) {
	info, err := s.head(ctx, key)
	return s.reader(ctx, key, http.NoBody), info, err
}

func (s *Store) reader(ctx context.Context, key string, body io.ReadCloser) *remote.Reader {
	return &remote.Reader{Context: ctx, Body: body, Fail: func(err error) error { return s.fail(store.OpGet, key, err, false) }}
}
