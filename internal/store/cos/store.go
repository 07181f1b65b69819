package cos

import (
	"bytes"
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // what Content-MD5 is made of
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// What the service allows, by its documentation.
const (
	minPart  = 1 << 20
	maxParts = 10000
	maxKey   = 850 // bytes; "Object Overview", document 436/13324
)

// Store is a bucket, or what is below a prefix in it. Make one with
// [Opener].
type Store struct {
	url, bucket, prefix, region string
	server                      *url.URL // of the bucket
	custom                      bool     // server is a custom domain
	keys                        cred.Provider
	warn                        func(msg.Text)
	client                      *http.Client
	service                     *remote.Service
	versioned                   atomic.Bool // the bucket has versioning, as far as is known
}

var _ store.Store = (*Store)(nil)

// URL is the store as [Opener] takes it.
func (s *Store) URL() string { return s.url }

// Caps promise IfAbsent until the bucket turns out to have versioning.
func (s *Store) Caps() store.Caps {
	return store.Caps{IfAbsent: !s.versioned.Load(), MinPart: minPart, MaxParts: maxParts}
}

// heed looks at what every answer may tell: that the bucket has versioning.
func (s *Store) heed(x *remote.Exchange) {
	if x.Header("X-Cos-Version-Id") != "" && !s.versioned.Swap(true) {
		s.warn(msg.Textf("the bucket %s has versioning, where COS does not protect objects from being overwritten; let one publisher run at a time",
			"桶 %s 开启了版本控制，此时 COS 不能防止对象被覆盖；请勿同时运行多个发布任务", s.bucket))
	}
}

// call prepares one call of the SDK.
func (s *Store) call(ctx context.Context) (*cos.Client, *remote.Exchange) {
	x := &remote.Exchange{Context: ctx, Via: s.client.Transport, Keys: s.keys, Sign: sign}
	c := cos.NewClient(&cos.BaseURL{BucketURL: s.server}, &http.Client{Transport: x})
	c.Conf.EnableCRC = false // a missing header would be a failure; we check ourselves
	c.Conf.RetryOpt.Count = 1
	c.Conf.ObjectKeySimplifyCheck = false // keys are checked, and by other rules than file names
	return c, x
}

// lifetime of a signature.
const lifetime = 15 * time.Minute

func sign(r *http.Request, k cred.Keys) *http.Request {
	cos.AddAuthorizationHeader(k.ID, k.Secret, k.Token, r, cos.NewAuthTime(lifetime))
	return r
}

// done looks at what came back: the failure, if any, in our words.
func (s *Store) done(op store.Op, key string, x *remote.Exchange, fromSDK error) error {
	s.heed(x)
	return s.service.Fail(op, key, x.Failure(fromSDK), false)
}

// document is done for an answer that must be a document.
func (s *Store) document(op store.Op, key string, x *remote.Exchange, root string, fromSDK error) error {
	s.heed(x)
	return s.service.Fail(op, key, x.Document(root, fromSDK), false)
}

// check is what every call begins with.
func (s *Store) check(ctx context.Context, key string) error {
	if err := errors.Join(ctx.Err(), store.ValidKey(key)); err != nil {
		return err
	}
	if len(s.prefix)+len(key) > maxKey {
		return msg.Errorf("%w", "%w", store.ErrInvalidKey).WithHint("COS takes at most %d bytes, the prefix included", "COS 的键（含前缀）最长 %d 字节", maxKey)
	}
	return nil
}

// Put writes a whole object.
func (s *Store) Put(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	info, err := s.put(ctx, key, body, size, o)
	return info, s.service.Fail(store.OpPut, key, err, o.IfAbsent)
}

func (s *Store) put(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	if err := s.check(ctx, key); err != nil {
		return store.Info{}, err
	}
	digest := md5.New() //nolint:gosec // see above
	if err := remote.Digest(ctx, body, size, digest); err != nil {
		return store.Info{}, err
	}
	if o.IfAbsent {
		if err := s.mustBeAbsent(ctx, key); err != nil {
			return store.Info{}, err
		}
	}
	h := headers(o)
	h.ContentMD5, h.ContentLength = base64.StdEncoding.EncodeToString(digest.Sum(nil)), size
	crc := store.NewCRC64()
	out, err := remote.NewBody(ctx, body, size, crc)
	if err != nil {
		return store.Info{}, err
	}
	c, x := s.call(ctx)
	_, err = c.Object.Put(ctx, s.prefix+key, reader(out, size, bytes.NewReader(nil)), &cos.ObjectPutOptions{ObjectPutHeaderOptions: h})
	if err := cmp.Or(out.Detach(), s.received(x, err)); err != nil {
		return store.Info{}, err
	}
	info := x.Info(key)
	info.Size, info.CRC64 = size, x.Header(crcHeader)
	if info.Modified.IsZero() { // the service says it by HEAD only
		info.Modified, _ = http.ParseTime(x.Header("Date"))
	}
	if err := matches(info.CRC64, store.FormatCRC64(crc.Sum64())); err != nil {
		return store.Info{}, err
	}
	return info, s.stillOurs(ctx, key, info.ETag, o)
}

// reader is out, or for no bytes what the SDK knows as nothing: else it would
// send the body in chunks.
func reader(out io.Reader, size int64, nothing io.Reader) io.Reader {
	if size == 0 {
		return nothing
	}
	return out
}

// received is the failure of a call that must bring an ETag.
func (s *Store) received(x *remote.Exchange, fromSDK error) error {
	s.heed(x)
	if err := x.Failure(fromSDK); err != nil {
		return err
	}
	if x.ETag() == "" {
		return x.Unclear()
	}
	return nil
}

const crcHeader = "X-Cos-Hash-Crc64ecma"

// matches compares a checksum of the service with ours, where it names one.
func matches(theirs, ours string) error {
	if theirs != "" && ours != "" && theirs != ours {
		return msg.Errorf("%w: the CRC-64 of what arrived is %s, of what was sent %s", "%w：到达内容的 CRC-64 为 %s，发送内容为 %s", store.ErrIntegrity, theirs, ours)
	}
	return nil
}

func headers(o store.PutOptions) *cos.ObjectPutHeaderOptions {
	h := &cos.ObjectPutHeaderOptions{
		ContentType: o.ContentType, CacheControl: o.CacheControl, ContentDisposition: o.ContentDisposition,
	}
	if o.IfAbsent {
		h.XOptionHeader = forbid()
	}
	return h
}

func forbid() *http.Header { return &http.Header{"X-Cos-Forbid-Overwrite": {"true"}} }

// mustBeAbsent is the look before a conditional write.
func (s *Store) mustBeAbsent(ctx context.Context, key string) error {
	switch _, err := s.Head(ctx, key); {
	case err == nil:
		return store.ErrExists
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return nil
}

// stillOurs is the look after one, where the service does not keep its word.
func (s *Store) stillOurs(ctx context.Context, key, etag string, o store.PutOptions) error {
	if !o.IfAbsent || !s.versioned.Load() {
		return nil
	}
	info, err := s.Head(ctx, key)
	if err == nil && info.ETag != etag {
		err = store.ErrExists
	}
	return err
}
