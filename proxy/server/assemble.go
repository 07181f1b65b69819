package server

import (
	"context"
	"errors"
	"io/fs"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/fill"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
)

// Parts are what a server answers by, for programs that do not answer: they fill,
// check and explain its cache.
type Parts struct {
	Cache *cache.Cache
	// Routes are the configuration's in its order, and behind them that of the mirrors.
	Routes proxy.Routes
	// Files fetches and proves, strictly whatever mode the configuration has: nobody is
	// waiting, and nobody behind it verifies.
	Files *fill.Filler
	// Databases are the checksum databases; the first proves what is fetched.
	Databases []*sumdb.DB
	// Archives are Go's; nil = the configuration has no mirror of them.
	Archives Archives
	// Pins are the hashes of the configuration's go.sum files.
	Pins fill.Pins

	close func(context.Context) error
}

// Proves is the database that proves what is fetched; nil = none does.
func (p *Parts) Proves() *sumdb.DB {
	if len(p.Databases) == 0 {
		return nil
	}
	return p.Databases[0]
}

// Close ends what Assemble made. What is being fetched may end as long as ctx lasts.
func (p *Parts) Close(ctx context.Context) error { return p.close(ctx) }

// Other says what differs from a server's parts. The zero value: nothing.
type Other struct {
	// ReadOnly never writes to the cache, which has to be there.
	ReadOnly bool
	// Routes makes those that Files fetches by out of the site's: an import has another
	// source. They are asked even when the configuration is offline. nil = the site's.
	Routes func(site proxy.Routes) proxy.Routes
}

// Assemble makes the parts of a server and nothing that listens, logs requests or
// collects. Nobody is asked anything yet. The caller closes them.
func Assemble(ctx context.Context, c config.Config, d Deps, other Other) (*Parts, error) {
	b := newBuilder(c, d)
	b.readOnly = other.ReadOnly
	p, err := b.parts(ctx, other)
	if err != nil {
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		_ = b.close(gone)
		return nil, err
	}
	p.close = b.close
	return p, nil
}

func (b *builder) parts(ctx context.Context, other Other) (*Parts, error) {
	var o Options
	for _, step := range []func(context.Context, *Options) error{b.clients, b.reach, b.files} {
		if err := step(ctx, &o); b.readOnly && errors.Is(err, fs.ErrNotExist) {
			return nil, msg.Errorf("%w", "%w", err).WithKind(msg.Usage).
				WithHint("--cache or --config says which proxy's files are meant", "请用 --cache 或 --config 指明是哪个代理的文件")
		} else if err != nil {
			return nil, err
		}
	}
	if err := b.makeRoutes(); err != nil {
		return nil, err
	}
	if err := b.databases(ctx, &o); err != nil {
		return nil, err
	}
	pins, err := b.pins()
	if err != nil {
		return nil, err
	}
	fo := fill.Options{Cache: b.cache, Routes: b.routes, Pins: pins, Offline: b.c.Offline, MaxFills: b.c.Limits.Fills, Log: b.d.Log,
		Memory: -1} // what is not in the cache afterwards is no success
	if other.Routes != nil {
		fo.Routes, fo.Offline = other.Routes(b.routes), false
	}
	if b.proves != nil {
		fo.Sums = b.proves
	}
	files := fill.New(fo)
	b.later(files.Close)
	b.archives(&o)
	return &Parts{Cache: b.cache, Routes: b.routes, Files: files, Databases: b.all, Archives: o.Archives, Pins: pins}, nil
}

// Reach is how a server with this configuration reaches others: by the proxies of d,
// trusting the configuration's authorities as well.
func Reach(c config.Config, d Deps) (httpx.Options, error) {
	b := newBuilder(c, d)
	err := b.reach(context.Background(), nil)
	return b.d.HTTP, err
}
