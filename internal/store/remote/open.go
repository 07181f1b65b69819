package remote

import (
	"cmp"
	"context"
	"net/url"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
)

// Options say how to reach a store and who asks. The zero value finds no keys.
type Options struct {
	// HTTP is how to get there, proxies included. A first byte is waited for one
	// minute unless it says otherwise: completing a large upload takes its time.
	// Each of up to 64 simultaneous requests has a connection of its own unless it
	// says otherwise: many links are limited per connection.
	HTTP httpx.Options
	// Keys sign the requests; empty ones do not, for a bucket that everybody may
	// read. nil = what Credentials finds; its Cloud need not be set, and its HTTP
	// is the one above when it has no proxy of its own.
	Keys        cred.Provider
	Credentials cred.Options
	// Warn is told, at most once each, what the user should know: a bucket that
	// does not protect objects, a credential file that others can read. nil =
	// nobody is told.
	Warn func(msg.Text)
}

// connections is as many as a transfer uses.
const connections = 64

// Opener makes the [store.Opener] of a dialect: parse reads the URL, and the
// keys are those of cloud. Opening sends no request. What it returns is a
// [*Store].
func Opener(o Options, cloud cred.Cloud, parse func(*url.URL) (*Bucket, error)) store.Opener {
	return func(ctx context.Context, u *url.URL) (store.Store, error) {
		b, err := parse(u)
		if err != nil {
			return nil, err
		}
		s := &Store{Bucket: b, keys: o.Keys, warn: o.Warn, asking: make(chan struct{}, 1)}
		if s.warn == nil {
			s.warn = func(msg.Text) {}
		}
		if s.keys == nil {
			c := o.Credentials
			c.Cloud = cloud
			if c.HTTP.Proxy == nil {
				c.HTTP = o.HTTP
			}
			if s.keys, err = cred.Resolve(ctx, c); err != nil {
				return nil, msg.Errorf("open store %s: %w", "打开存储 %s：%w", b.URL, err)
			}
		}
		h := o.HTTP
		h.FirstByte, h.Connections = cmp.Or(h.FirstByte, time.Minute), cmp.Or(h.Connections, connections)
		s.client = httpx.New(h)
		for _, w := range append(s.keys.Warnings(), b.Advice) {
			if !w.IsZero() {
				s.warn(w)
			}
		}
		return s, nil
	}
}
