package oss

import (
	"context"
	"fmt"
	"hash"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Head tells size, CRC64, ETag and time of an object.
func (s *Store) Head(ctx context.Context, key string) (store.Info, error) {
	return s.head(ctx, store.OpHead, key)
}

func (s *Store) head(ctx context.Context, op store.Op, key string) (store.Info, error) {
	object, err := s.object(key)
	if err != nil {
		return store.Info{}, store.Fail(op, key, nil, err)
	}
	h, err := s.call(ctx, request{op: op, key: key, method: http.MethodHead, object: object}, nil)
	if err != nil {
		return store.Info{}, err
	}
	size, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64)
	if err != nil {
		return store.Info{}, store.Fail(op, key, store.ErrTransient, msg.Errorf("the answer tells no length", "返回内容中没有长度"))
	}
	return infoOf(key, size, h), nil
}

func infoOf(key string, size int64, h http.Header) store.Info {
	info := store.Info{Key: key, Size: size, CRC64: h.Get(crcHeader), ETag: h.Get("Etag")}
	info.Modified, _ = http.ParseTime(h.Get("Last-Modified")) // zero when absent
	return info
}

// Get reads an object or a range of it. Of a whole object the CRC64 is checked
// at its end: the last read fails with ErrIntegrity.
func (s *Store) Get(ctx context.Context, key string, off, n int64) (io.ReadCloser, store.Info, error) {
	object, err := s.object(key)
	if err == nil && off < 0 {
		err = msg.Errorf("negative offset %d", "负的偏移量 %d", off)
	}
	if err != nil {
		return nil, store.Info{}, store.Fail(store.OpGet, key, nil, err)
	}
	if n == 0 {
		return s.getNothing(ctx, key)
	}
	r := request{op: store.OpGet, key: key, method: http.MethodGet, object: object, headers: map[string]string{
		"Accept-Encoding": "identity", // OSS compresses pages for clients that take it
	}}
	whole := off == 0 && n < 0
	if !whole {
		last := ""
		if n > 0 && off <= math.MaxInt64-n {
			last = strconv.FormatInt(off+n-1, 10)
		}
		r.headers["Range"] = fmt.Sprintf("bytes=%d-%s", off, last)
		r.headers["X-Oss-Range-Behavior"] = "standard" // else a range past the end is the whole object
	}
	resp, err := s.send(ctx, r)
	if err != nil {
		if statusOf(err) == http.StatusRequestedRangeNotSatisfiable {
			return s.getNothing(ctx, key)
		}
		return nil, store.Info{}, err
	}
	length, err := strconv.ParseInt(resp.Headers.Get("Content-Length"), 10, 64)
	size, ok := length, err == nil
	if resp.StatusCode == http.StatusPartialContent {
		size, ok = rangeOf(resp.Headers.Get("Content-Range"), off, length)
	} else if !whole {
		ok = ok && off == 0 && (n < 0 || n >= length) // the whole is what was asked for
	}
	if !ok {
		_ = resp.Body.Close()
		return nil, store.Info{}, store.Fail(store.OpGet, key, store.ErrTransient, msg.Errorf("the answer is not the range that was asked for", "返回的不是所请求的范围"))
	}
	info := infoOf(key, size, resp.Headers)
	reader := &reader{ctx: ctx, key: key, body: resp.Body, left: length}
	if length == size && info.CRC64 != "" {
		reader.sum, reader.want = store.NewCRC64(), info.CRC64
	}
	return reader, info, nil
}

// getNothing answers for a range without bytes.
func (s *Store) getNothing(ctx context.Context, key string) (io.ReadCloser, store.Info, error) {
	info, err := s.head(ctx, store.OpGet, key)
	if err != nil {
		return nil, store.Info{}, err
	}
	return io.NopCloser(strings.NewReader("")), info, nil
}

// rangeOf reads "bytes 5-9/1000" and holds it against what was asked and comes.
func rangeOf(s string, off, length int64) (size int64, ok bool) {
	spec, total, found := strings.Cut(strings.TrimPrefix(s, "bytes "), "/")
	first, last, dash := strings.Cut(spec, "-")
	from, err1 := strconv.ParseInt(first, 10, 64)
	to, err2 := strconv.ParseInt(last, 10, 64)
	size, err3 := strconv.ParseInt(total, 10, 64)
	ok = found && dash && err1 == nil && err2 == nil && err3 == nil && from == off && to-from+1 == length && to < size
	return size, ok
}

// reader is the content of an object. It ends when the context does, and takes
// neither too few bytes nor others for the object.
type reader struct {
	ctx  context.Context
	key  string
	body io.ReadCloser
	left int64
	sum  hash.Hash64 // nil: not checked
	want string
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.body.Read(p)
	r.left -= int64(n)
	if r.sum != nil {
		_, _ = r.sum.Write(p[:n]) // a hash does not fail
	}
	switch {
	case err == nil:
		return n, nil
	case r.ctx.Err() != nil:
		return n, r.ctx.Err()
	case err != io.EOF:
		return n, store.Fail(store.OpGet, r.key, store.ErrTransient, httpx.Error(err))
	case r.left > 0:
		return n, store.Fail(store.OpGet, r.key, store.ErrTransient, io.ErrUnexpectedEOF)
	case r.sum != nil && store.FormatCRC64(r.sum.Sum64()) != r.want:
		return n, store.Fail(store.OpGet, r.key, store.ErrIntegrity, nil)
	}
	return n, io.EOF
}

func (r *reader) Close() error { return r.body.Close() }
