package oss

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
)

// Options say how to reach OSS and who asks. The zero value finds no keys.
type Options struct {
	// HTTP is how to reach the service, proxies included. A first byte is waited
	// for one minute unless it says otherwise: completing a large upload takes its
	// time.
	HTTP httpx.Options
	// Keys signs the requests. nil = what Credentials finds; its Cloud need not be
	// set, and its HTTP is the one above when it has no proxy of its own.
	Keys        cred.Provider
	Credentials cred.Options
	// Warn is told, at most once each, what the user should know: a bucket with
	// versioning, a credential file that others can read. nil = nobody is told.
	Warn func(msg.Text)
	// Now is the clock requests are dated with. nil = time.Now.
	Now func() time.Time
}

// Store is a prefix in a bucket. Make one with [Opener].
type Store struct {
	place
	o    Options
	http *http.Client

	asking    chan struct{} // holds one while versioned is read or found out
	versioned *bool         // nil: not yet asked
}

var _ store.Store = (*Store)(nil)

// Opener returns the [store.Opener] of the scheme oss. Opening sends no
// request. The store's Close ends idle connections.
func Opener(o Options) store.Opener {
	return func(ctx context.Context, u *url.URL) (store.Store, error) {
		p, err := parse(u)
		if err != nil {
			return nil, err
		}
		s := &Store{place: p, o: o, asking: make(chan struct{}, 1)}
		if s.o.Keys == nil {
			c := o.Credentials
			c.Cloud = cred.Aliyun
			if c.HTTP.Proxy == nil {
				c.HTTP = o.HTTP
			}
			if s.o.Keys, err = cred.Resolve(ctx, c); err != nil {
				return nil, msg.Errorf("open store %s: %w", "打开存储 %s：%w", p.shown, err)
			}
		}
		h := o.HTTP
		h.MaxRedirects = -1 // a redirect means another region, and a signature is for one host
		h.FirstByte = cmp.Or(h.FirstByte, time.Minute)
		s.http = httpx.New(h)
		for _, w := range s.o.Keys.Warnings() {
			s.warn(w)
		}
		return s, nil
	}
}

// URL is the URL the store was opened with, its parameters in order.
func (s *Store) URL() string { return s.shown }

// Close ends the idle connections. The store works on after it.
func (s *Store) Close() error {
	s.http.CloseIdleConnections()
	return nil
}

const (
	minPart  = 100 << 10
	maxParts = 10000
	maxPut   = 5 << 30 // of a put and of a part
)

// Caps promises no CRC64, because listings have none; Head, Put, Part and Commit
// do have it.
func (s *Store) Caps() store.Caps {
	return store.Caps{IfAbsent: true, MinPart: minPart, MaxParts: maxParts}
}

func (s *Store) warn(t msg.Text) {
	if s.o.Warn != nil {
		s.o.Warn(t)
	}
}

func (s *Store) now() time.Time {
	if s.o.Now == nil {
		return time.Now()
	}
	return s.o.Now()
}

// bucketFor makes the SDK's handle for one request: it has no way to give keys
// to a single request, and making one costs nothing.
func (s *Store) bucketFor(k cred.Keys) (*sdk.Bucket, error) {
	version := sdk.AuthV4
	if s.v1 {
		version = sdk.AuthV1
	}
	client, err := sdk.New(s.scheme+"://"+s.host, "", "",
		sdk.HTTPClient(s.http), sdk.AuthVersion(version), sdk.Region(s.region), sdk.UseCname(s.cname),
		sdk.EnableCRC(false), // it is checked here, so that no header means the same for puts and parts
		sdk.UserAgent(cmp.Or(s.o.HTTP.UserAgent, "yingzao")),
		sdk.SetCredentialsProvider(&signer{&k}))
	if err != nil {
		return nil, err
	}
	return client.Bucket(s.bucket)
}

// signer is the SDK's view of the keys of one request.
type signer struct{ keys *cred.Keys }

func (s *signer) GetCredentials() sdk.Credentials { return s }
func (s *signer) GetAccessKeyID() string          { return s.keys.ID }
func (s *signer) GetAccessKeySecret() string      { return s.keys.Secret }
func (s *signer) GetSecurityToken() string        { return s.keys.Token }
