package oss

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// What the service allows.
const (
	minPart  = 100 << 10
	maxParts = 10000
	maxKey   = 1023 // bytes
	batch    = 1000 // keys, uploads or parts in one request
)

// Store is a bucket, or what is below a prefix in it. Make one with [Opener].
type Store struct {
	place
	keys    cred.Provider
	warn    func(msg.Text)
	now     func() time.Time
	agent   string
	client  *http.Client
	service *remote.Service

	asking   chan struct{} // holds one while somebody finds out about versions
	versions atomic.Int32
}

// What is known about versioning.
const (
	versionsUnknown int32 = iota
	versionsOff
	versionsPossible // nobody may ask
	versionsOn
)

var _ store.Store = (*Store)(nil)

// URL is the store as [Opener] takes it.
func (s *Store) URL() string { return s.url }

// Caps promise IfAbsent until the bucket turns out to have versioning, and no
// CRC64, because listings have none; Head, Get, Put, Part and Commit do.
func (s *Store) Caps() store.Caps {
	return store.Caps{IfAbsent: s.versions.Load() != versionsOn, MinPart: minPart, MaxParts: maxParts}
}

// check is what every call begins with.
func (s *Store) check(ctx context.Context, key string) error {
	if err := errors.Join(ctx.Err(), store.ValidKey(key)); err != nil {
		return err
	}
	if len(s.prefix)+len(key) > maxKey {
		return msg.Errorf("%w", "%w", store.ErrInvalidKey).WithHint("OSS takes at most %d bytes, the prefix included", "OSS 的键（含前缀）最长 %d 字节", maxKey)
	}
	return nil
}

// fail puts an error into our words. A refusal that tells where the bucket is
// was no question of rights.
func (s *Store) fail(op store.Op, key string, err error, ifAbsent bool) error {
	var a *remote.Answer
	if !errors.As(err, &a) || a.Endpoint == "" || a.Code != "AccessDenied" {
		return s.service.Fail(op, key, err, ifAbsent)
	}
	e := store.Fail(op, key, store.ErrEndpoint, err)
	if region, _, ok := regionOf(a.Endpoint); ok {
		return e.WithHint("the bucket is elsewhere: write region=%s", "该桶位于其他地域：请写 region=%s", region)
	}
	return e.WithHint("the bucket is elsewhere: write endpoint=%s", "该桶位于别处：请写 endpoint=%s", a.Endpoint)
}
