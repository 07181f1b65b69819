package oss

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

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
	// Keys sign the requests; empty ones do not, for a bucket that everybody may
	// read. nil = what Credentials finds; its Cloud need not be set, and its HTTP
	// is the one above when it has no proxy of its own.
	Keys        cred.Provider
	Credentials cred.Options
	// Warn is told, at most once each, what the user should know: a bucket with
	// versioning, a credential file that others can read. nil = nobody is told.
	Warn func(msg.Text)
	// Now is the clock requests are dated with. nil = time.Now.
	Now func() time.Time
}

// Opener returns the [store.Opener] of the scheme oss. Opening sends no
// request. The store's Close ends idle connections.
func Opener(o Options) store.Opener {
	return func(ctx context.Context, u *url.URL) (store.Store, error) {
		p, err := parse(u)
		if err != nil {
			return nil, err
		}
		s := &Store{place: p, keys: o.Keys, warn: o.Warn, now: o.Now, agent: cmp.Or(o.HTTP.UserAgent, "yingzao"), asking: make(chan struct{}, 1)}
		if s.warn == nil {
			s.warn = func(msg.Text) {}
		}
		if s.now == nil {
			s.now = time.Now
		}
		if s.keys == nil {
			c := o.Credentials
			c.Cloud = cred.Aliyun
			if c.HTTP.Proxy == nil {
				c.HTTP = o.HTTP
			}
			if s.keys, err = cred.Resolve(ctx, c); err != nil {
				return nil, msg.Errorf("open store %s: %w", "打开存储 %s：%w", p.url, err)
			}
		}
		h := o.HTTP
		h.FirstByte = cmp.Or(h.FirstByte, time.Minute)
		s.client = httpx.New(h)
		s.service = s.failures()
		for _, w := range s.keys.Warnings() {
			s.warn(w)
		}
		if !s.custom && strings.HasSuffix(s.server.Host, ".aliyuncs.com") {
			s.warn(msg.Textf("by its default domain OSS makes browsers download pages instead of showing them; bind a custom domain for readers",
				"通过 OSS 默认域名访问时，浏览器会直接下载网页而不显示；请为下载者绑定自定义域名"))
		}
		return s, nil
	}
}

// Close ends the idle connections. The store works on after it.
func (s *Store) Close() error {
	s.client.CloseIdleConnections()
	return nil
}
