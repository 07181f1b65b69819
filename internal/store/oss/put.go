package oss

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// object is the full name of a key in the bucket.
func (s *Store) object(key string) (string, error) {
	if err := store.ValidKey(key); err != nil {
		return "", err
	}
	if len(s.prefix)+len(key) > 1023 {
		return "", msg.Errorf("%w: longer than 1023 bytes with the prefix", "%w：加上前缀后超过 1023 字节", store.ErrInvalidKey)
	}
	return s.prefix + key, nil
}

// Put writes a whole object of at most 5 GB.
func (s *Store) Put(ctx context.Context, key string, content io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	object, err := s.object(key)
	if err != nil {
		return store.Info{}, store.Fail(store.OpPut, key, nil, err)
	}
	if err := ctx.Err(); err != nil {
		return store.Info{}, store.Fail(store.OpPut, key, nil, err)
	}
	b, err := newBody(ctx, content, size)
	if err != nil {
		return store.Info{}, store.Fail(store.OpPut, key, nil, err)
	}
	if size > maxPut {
		return store.Info{}, store.Fail(store.OpPut, key, nil, msg.Errorf("more than 5 GB cannot be put at once", "单次上传不能超过 5 GB"))
	}
	if err := s.mustBeAbsent(ctx, store.OpPut, key, o); err != nil {
		return store.Info{}, err
	}
	h, err := s.call(ctx, request{op: store.OpPut, key: key, method: http.MethodPut, object: object, headers: headers(object, o), body: b}, nil)
	if err != nil {
		return store.Info{}, err
	}
	sum, err := b.check(h.Get(crcHeader))
	if err != nil {
		return store.Info{}, store.Fail(store.OpPut, key, nil, err)
	}
	info := store.Info{Key: key, Size: size, CRC64: store.FormatCRC64(sum), ETag: h.Get("Etag")}
	return info, s.mustBeOurs(ctx, store.OpPut, info, o)
}

const (
	crcHeader    = "X-Oss-Hash-Crc64ecma"
	forbidHeader = "X-Oss-Forbid-Overwrite"
)

// headers are those that go with a new object.
func headers(object string, o store.PutOptions) map[string]string {
	return map[string]string{
		"Content-Type":        cmp.Or(o.ContentType, sdk.TypeByExtension(object), "application/octet-stream"),
		"Cache-Control":       o.CacheControl,
		"Content-Disposition": o.ContentDisposition,
		forbidHeader:          forbid(o),
	}
}

func forbid(o store.PutOptions) string {
	if o.IfAbsent {
		return "true"
	}
	return ""
}

// mustBeAbsent looks for the object where the header alone does not keep it.
func (s *Store) mustBeAbsent(ctx context.Context, op store.Op, key string, o store.PutOptions) error {
	if !o.IfAbsent {
		return nil
	}
	versioned, err := s.hasVersions(ctx, op, key)
	if err != nil || !versioned {
		return err
	}
	switch _, err := s.head(ctx, op, key); {
	case err == nil:
		return store.Fail(op, key, store.ErrExists, nil)
	case errors.Is(err, store.ErrNotFound):
		return nil
	default:
		return err
	}
}

// mustBeOurs looks again after a write, where another writer may have come
// between.
func (s *Store) mustBeOurs(ctx context.Context, op store.Op, wrote store.Info, o store.PutOptions) error {
	if !o.IfAbsent {
		return nil
	}
	versioned, err := s.hasVersions(ctx, op, wrote.Key)
	if err != nil || !versioned {
		return err
	}
	info, err := s.head(ctx, op, wrote.Key)
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted since
	}
	if err != nil {
		return err
	}
	if info.Size != wrote.Size || info.ETag != wrote.ETag || info.CRC64 != "" && wrote.CRC64 != "" && info.CRC64 != wrote.CRC64 {
		return store.Fail(op, wrote.Key, store.ErrExists, nil).WithHint("another writer replaced it at the same time", "另一个写入者同时替换了该对象")
	}
	return nil
}

// hasVersions tells whether the bucket ignores forbid-overwrite; true also when
// nobody may know.
func (s *Store) hasVersions(ctx context.Context, op store.Op, key string) (bool, error) {
	select {
	case s.asking <- struct{}{}:
		defer func() { <-s.asking }()
	case <-ctx.Done():
		return false, store.Fail(op, key, nil, ctx.Err())
	}
	if s.versioned != nil {
		return *s.versioned, nil
	}
	var answer struct {
		XMLName xml.Name `xml:"VersioningConfiguration"`
		Status  string
	}
	_, err := s.call(ctx, request{op: op, key: key, method: http.MethodGet, params: map[string]string{"versioning": ""}}, &answer)
	if class := store.ClassOf(err); err != nil && class != nil && class != store.ErrDenied || ctx.Err() != nil {
		return false, err // what follows would fail alike, or a retry will tell
	}
	on := err != nil || answer.Status != ""
	s.versioned = &on
	if answer.Status != "" {
		s.warn(msg.Textf(
			"bucket %s has versioning (%s), so OSS does not keep published files from being overwritten; use a bucket without versioning for releases",
			"存储桶 %s 启用过版本控制（%s），OSS 无法阻止已发布的文件被覆盖；请使用未启用版本控制的桶存放发布文件", s.bucket, answer.Status))
	}
	return on, nil
}
