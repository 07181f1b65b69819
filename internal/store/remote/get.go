package remote

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
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
	x := s.exchange(ctx)
	err := s.tagged(x, s.Dialect.Head(x, s.Prefix+key))
	var a *Answer
	if errors.As(err, &a) && s.Service.unexplained(a) {
		return s.explained(ctx, key, err)
	}
	if err != nil {
		return store.Info{}, err
	}
	return s.infoOf(x, key, false)
}

// explained asks for the first byte instead: an answer to HEAD has no body, so
// the keys may have expired, their secret may be wrong, or they may not read the
// object. What GET says is the truth, the good news as well; where it says no
// more, the refusal stands.
func (s *Store) explained(ctx context.Context, key string, refusal error) (store.Info, error) {
	x := s.exchange(ctx)
	x.Object = true
	body, err := s.Dialect.Get(x, s.Prefix+key, Range(0, 1))
	if err = s.tagged(x, err); err == nil {
		_ = body.Close()
		return s.infoOf(x, key, x.Status() == http.StatusPartialContent)
	}
	var a *Answer
	if errors.As(err, &a) && (a.Code == "" || a.Status == http.StatusRequestedRangeNotSatisfiable) {
		err = refusal
	}
	return store.Info{}, err
}

// infoOf reads the headers that describe an object.
func (s *Store) infoOf(x *Exchange, key string, ranged bool) (store.Info, error) {
	size, ok := x.WholeSize(ranged)
	if !ok {
		return store.Info{}, x.Unclear()
	}
	info := x.Info(key)
	info.Size, info.CRC64 = size, x.Header(s.Service.CRC64)
	return info, nil
}

// Get reads an object or a range of it. A whole object is held to its checksum,
// where the service names one: the last read fails with ErrIntegrity.
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
	switch {
	case off < 0:
		return nil, store.Info{}, msg.Errorf("negative offset %d", "负的偏移量 %d", off)
	case n == 0:
		return s.nothing(ctx, key)
	}
	x, span := s.exchange(ctx), Range(off, n)
	x.Object = true
	body, err := s.Dialect.Get(x, s.Prefix+key, span)
	if x.Status() == http.StatusRequestedRangeNotSatisfiable {
		return s.nothing(ctx, key)
	}
	if err := s.tagged(x, err); err != nil {
		return nil, store.Info{}, err
	}
	info, err := s.infoOf(x, key, span != "")
	if err != nil {
		_ = body.Close()
		return nil, store.Info{}, err
	}
	r := s.reader(ctx, key, body)
	if want := s.named(x); want != nil && span == "" {
		r.Sum, r.Want = s.checksum(), want
	}
	return r, info, nil
}

// nothing is a range without bytes.
func (s *Store) nothing(ctx context.Context, key string) (io.ReadCloser, store.Info, error) {
	info, err := s.head(ctx, key)
	return s.reader(ctx, key, http.NoBody), info, err
}

func (s *Store) reader(ctx context.Context, key string, body io.ReadCloser) *Reader {
	return &Reader{Context: ctx, Body: body, Fail: func(err error) error { return s.fail(store.OpGet, key, err, false) }}
}
