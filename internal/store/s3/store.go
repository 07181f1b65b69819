package s3

import (
	"bytes"
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // what Content-MD5 and ETags are made of
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/signer"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// What S3 allows.
const (
	defaultMinPart = 5 << 20
	maxParts       = 10000
	maxKey         = 1024 // bytes
)

// Store is a bucket, or what is below a prefix in it. Make one with
// [Opener].
type Store struct {
	url, bucket, prefix, region string
	server                      *url.URL // without the bucket
	lookup                      minio.BucketLookupType
	minPart                     int64
	keys                        cred.Provider
	warn                        func(msg.Text)
	client                      *http.Client
	service                     *remote.Service
	trying                      sync.Mutex   // held while conditions are tried
	condition                   atomic.Int32 // does the server obey If-None-Match?
}

var _ store.Store = (*Store)(nil)

// URL is the store as [Opener] takes it.
func (s *Store) URL() string { return s.url }

// Caps promise IfAbsent until the server is found to ignore the condition.
func (s *Store) Caps() store.Caps {
	return store.Caps{IfAbsent: s.condition.Load() != ignored, MinPart: s.minPart, MaxParts: maxParts}
}

// call prepares one call of the SDK.
func (s *Store) call(ctx context.Context) (*minio.Core, *remote.Exchange, error) {
	x := &remote.Exchange{Context: ctx, Via: s.client.Transport, Keys: s.keys, Sign: s.sign}
	core, err := minio.NewCore(s.server.Host, &minio.Options{
		Secure: s.secure(), Transport: x, Region: s.region, BucketLookup: s.lookup, MaxRetries: 1,
	})
	return core, x, err
}

func (s *Store) secure() bool { return s.server.Scheme == "https" }

// sign signs what the SDK, which has no keys, has made: it has set the digest of
// the payload, or UNSIGNED-PAYLOAD.
func (s *Store) sign(r *http.Request, k cred.Keys) *http.Request {
	return signer.SignV4(*r, k.ID, k.Secret, k.Token, s.region)
}

// check is what every call begins with.
func (s *Store) check(ctx context.Context, key string) error {
	if err := cmp.Or(ctx.Err(), store.ValidKey(key)); err != nil {
		return err
	}
	if len(s.prefix)+len(key) > maxKey {
		return msg.Errorf("%w", "%w", store.ErrInvalidKey).WithHint("S3 takes at most %d bytes, the prefix included", "S3 的键（含前缀）最长 %d 字节", maxKey)
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
	p, err := s.digest(ctx, body, size)
	if err != nil {
		return store.Info{}, err
	}
	if o.IfAbsent {
		if err := s.mustBeAbsent(ctx, key); err != nil {
			return store.Info{}, err
		}
	}
	return s.send(ctx, key, body, size, p, o)
}

// payload is what is known of a body before it is sent.
type payload struct{ md5, sha256 string }

// digest reads a body and puts it back. SHA-256 is what plain HTTP needs.
func (s *Store) digest(ctx context.Context, body io.ReadSeeker, size int64) (payload, error) {
	sum, sha := md5.New(), sha256.New() //nolint:gosec // see above
	into := io.Writer(sum)
	if !s.secure() {
		into = io.MultiWriter(sum, sha)
	}
	if err := remote.Digest(ctx, body, size, into); err != nil {
		return payload{}, err
	}
	p := payload{md5: base64.StdEncoding.EncodeToString(sum.Sum(nil))}
	if !s.secure() {
		p.sha256 = hex.EncodeToString(sha.Sum(nil))
	}
	return p, nil
}

func (s *Store) send(ctx context.Context, key string, body io.ReadSeeker, size int64, p payload, o store.PutOptions) (store.Info, error) {
	out, err := remote.NewBody(ctx, body, size, nil)
	if err != nil {
		return store.Info{}, err
	}
	core, x, err := s.call(ctx)
	if err != nil {
		return store.Info{}, err
	}
	_, err = core.PutObject(ctx, s.bucket, s.prefix+key, plain{out}, size, p.md5, p.sha256, options(o))
	if err := cmp.Or(out.Detach(), received(x, err)); err != nil {
		return store.Info{}, err
	}
	info := x.Info(key)
	info.Size = size
	if info.Modified.IsZero() { // the service says it by HEAD only
		info.Modified, _ = http.ParseTime(x.Header("Date"))
	}
	return info, nil
}

// plain hides everything but Read: the SDK would seek.
type plain struct{ io.Reader }

// received is the failure of a call that must bring an ETag.
func received(x *remote.Exchange, fromSDK error) error {
	if err := x.Failure(fromSDK); err != nil {
		return err
	}
	if x.ETag() == "" {
		return x.Unclear()
	}
	return nil
}

// digestOf is the MD5 that an ETag is, or nil when it is something else.
func digestOf(x *remote.Exchange, etag string) []byte {
	sum, err := hex.DecodeString(etag)
	if err != nil || len(sum) != md5.Size {
		return nil
	}
	switch x.Header("X-Amz-Server-Side-Encryption") {
	case "", "AES256":
	default:
		return nil
	}
	if x.Header("X-Amz-Server-Side-Encryption-Customer-Algorithm") != "" {
		return nil
	}
	return sum
}

// matches compares an ETag with what was sent, if it is an MD5.
func matches(x *remote.Exchange, sent hash.Hash) error {
	theirs, ours := digestOf(x, x.ETag()), sent.Sum(nil)
	if theirs != nil && !bytes.Equal(theirs, ours) {
		return msg.Errorf("%w: the MD5 of what arrived is %x, of what was sent %x", "%w：到达内容的 MD5 为 %x，发送内容为 %x", store.ErrIntegrity, theirs, ours)
	}
	return nil
}

func options(o store.PutOptions) minio.PutObjectOptions {
	p := minio.PutObjectOptions{
		ContentType: o.ContentType, CacheControl: o.CacheControl, ContentDisposition: o.ContentDisposition,
		DisableContentSha256: true, // else it is sent in chunks over plain HTTP
	}
	if o.IfAbsent {
		p.SetMatchETagExcept("*")
	}
	return p
}

// mustBeAbsent is the look before a conditional write.
func (s *Store) mustBeAbsent(ctx context.Context, key string) error {
	s.tryConditions(ctx)
	switch _, err := s.Head(ctx, key); {
	case err == nil:
		return store.ErrExists
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return nil
}
