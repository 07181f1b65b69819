package oss

import (
	"bytes"
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // what Content-MD5 is made of
	"encoding/base64"
	"io"
	"net/http"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// Put writes a whole object, of at most 5 GB. It goes with its MD5, so that the
// service refuses damaged content instead of showing it.
func (s *Store) Put(ctx context.Context, key string, content io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	info, err := s.put(ctx, key, content, size, o)
	return info, s.fail(store.OpPut, key, err, o.IfAbsent)
}

func (s *Store) put(ctx context.Context, key string, content io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	if err := s.check(ctx, key); err != nil {
		return store.Info{}, err
	}
	digest := md5.New() //nolint:gosec // see above
	if err := remote.Digest(ctx, content, size, digest); err != nil {
		return store.Info{}, err
	}
	if err := s.mustBeAbsent(ctx, key, o); err != nil {
		return store.Info{}, err
	}
	h := headers(s.prefix+key, o)
	h["Content-Md5"] = base64.StdEncoding.EncodeToString(digest.Sum(nil))
	crc := store.NewCRC64()
	body, err := remote.NewBody(ctx, content, size, crc)
	if err != nil {
		return store.Info{}, err
	}
	x, _, err := s.tagged(ctx, request{method: http.MethodPut, object: s.prefix + key, headers: h, body: body, size: size})
	if err != nil {
		return store.Info{}, err
	}
	info := written(x, key, size)
	if info.CRC64, err = same(x.Header(crcHeader), store.FormatCRC64(crc.Sum64())); err != nil {
		return store.Info{}, err
	}
	return info, s.mustBeOurs(ctx, info, o)
}

// written is what the answer to a write tells of the object; of its time only
// about.
func written(x *remote.Exchange, key string, size int64) store.Info {
	info := x.Info(key)
	info.Size = size
	if info.Modified.IsZero() {
		info.Modified, _ = http.ParseTime(x.Header("Date")) // zero when it does not say
	}
	return info
}

const (
	crcHeader    = "X-Oss-Hash-Crc64ecma"
	forbidHeader = "X-Oss-Forbid-Overwrite"
)

// same compares a checksum of the service, where it names one, with ours, where
// it is known, and returns it.
func same(theirs, ours string) (string, error) {
	if theirs != "" && ours != "" && theirs != ours {
		return "", msg.Errorf("%w: the CRC-64 of what arrived is %s, of what was sent %s", "%w：到达内容的 CRC-64 为 %s，发送内容为 %s", store.ErrIntegrity, theirs, ours)
	}
	return cmp.Or(ours, theirs), nil
}

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

// small makes a body of bytes at hand.
func small(ctx context.Context, b []byte) (*remote.Body, error) {
	return remote.NewBody(ctx, bytes.NewReader(b), int64(len(b)), nil)
}
