package remote

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
)

// Store is a [store.Store] in a bucket. Make one with [Opener].
type Store struct {
	*Bucket
	keys   cred.Provider
	warn   func(msg.Text)
	client *http.Client

	asking chan struct{} // holds one while somebody finds out what IfAbsent is worth
	worth  atomic.Int32
}

var _ store.Store = (*Store)(nil)

// URL is the store as its Opener takes it.
func (s *Store) URL() string { return s.Bucket.URL }

// Caps promise IfAbsent until it turns out to be void, and no CRC64, because
// listings have none; Head, Get, Put, Part and Commit have it with OSS and COS.
func (s *Store) Caps() store.Caps {
	return store.Caps{IfAbsent: s.worth.Load() != void, MinPart: s.Service.MinPart, MaxParts: maxParts}
}

// Close ends the idle connections. The store works on after it.
func (s *Store) Close() error {
	s.client.CloseIdleConnections()
	return nil
}

// check is what every call with a key begins with.
func (s *Store) check(ctx context.Context, key string) error {
	if err := cmp.Or(ctx.Err(), store.ValidKey(key)); err != nil {
		return err
	}
	if most := s.Service.MaxKey; len(s.Prefix)+len(key) > most {
		return msg.Errorf("%w", "%w", store.ErrInvalidKey).
			WithHint("%[2]s takes at most %[1]d bytes, the prefix included", "%[2]s 的键（含前缀）最长 %[1]d 字节", most, s.Service.Name)
	}
	return nil
}

// exchange prepares one request.
func (s *Store) exchange(ctx context.Context) *Exchange {
	return &Exchange{Context: ctx, Via: s.client.Transport, Keys: s.keys}
}

func (s *Store) fail(op store.Op, key string, err error, ifAbsent bool) error {
	return s.Service.Fail(op, key, err, ifAbsent)
}

// done is the failure of a request.
func (s *Store) done(x *Exchange, fromSDK error) error {
	s.heed(x)
	return x.Failure(fromSDK)
}

// tagged is the failure of a request whose success must bring an ETag.
func (s *Store) tagged(x *Exchange, fromSDK error) error {
	err := s.done(x, fromSDK)
	if err == nil && x.ETag() == "" {
		err = x.Unclear()
	}
	return err
}

// document reads the answer to a request, which must be a document of that root.
func (s *Store) document(x *Exchange, fromSDK error, root string, v any) error {
	s.heed(x)
	return x.Document(root, fromSDK, v)
}

// bare is an ETag without its quotes.
func bare(etag string) string { return strings.Trim(etag, `"`) }
