package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/workdir"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/dl"
	"github.com/yingzao-dev/yingzao/proxy/fill"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
	"github.com/yingzao-dev/yingzao/proxy/upstream"
)

// Deps are what a server needs of the program around it. All may be zero.
type Deps struct {
	// Stores opens the bucket that several proxies share; nil = directories alone.
	Stores store.Schemes
	// HTTP says how mirrors and repositories are reached; its Guard is not used.
	HTTP httpx.Options
	// Getenv reads the environment; nil = there is none.
	Getenv func(string) string
	// Stdout gets the access log where no file is named; nil = nobody.
	Stdout io.Writer
	// Temp is where dumps of the flight recorder go; "" = workdir's own.
	Temp string
	// Version of the program, for the pages.
	Version string
	// Log gets what an operator wants to know; nil = nobody.
	Log *slog.Logger
}

const (
	collectFirst = time.Minute
	collectEvery = 10 * time.Minute
)

// Open composes a server of everything that a configuration names. Nobody is asked
// anything yet. Close it, or Run it, which closes it.
func Open(ctx context.Context, c config.Config, d Deps) (*Server, error) {
	b := newBuilder(c, d)
	s, err := b.open(ctx)
	if err != nil {
		hurry, cancel := context.WithCancel(context.Background())
		cancel()
		_ = b.close(hurry)
		return nil, err
	}
	s.finish = b.close
	return s, nil
}

// Close ends what Open made of a server, once; Run does it too. What is being
// fetched may end as long as ctx lasts, and is kept for the next start otherwise.
func (s *Server) Close(ctx context.Context) (err error) {
	s.closing.Do(func() {
		if s.finish != nil {
			err = s.finish(ctx)
		}
	})
	return err
}

// Run answers until ctx ends; see [Server.Serve]. In the meantime it keeps the cache
// within its budget and proves what is still to be proven.
func (s *Server) Run(ctx context.Context, l Listen) error {
	inner, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.keepHouse(inner)
	}()
	l.before = func() { stop(); <-done }
	err := s.Serve(ctx, l)
	l.before()
	now, cancel := context.WithCancel(context.Background())
	cancel()
	return msg.Join(err, s.Close(now))
}

// keepHouse collects now and then.
func (s *Server) keepHouse(ctx context.Context) {
	if s.prove != nil {
		if settled, waiting, err := s.prove(ctx, ""); settled+waiting > 0 || err != nil && ctx.Err() == nil {
			s.log.Info("proved what the last run left", "settled", settled, "waiting", waiting, "error", err)
		}
	}
	if s.o.Cache == nil {
		return
	}
	timer := time.NewTimer(collectFirst)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		r, err := s.o.Cache.Collect(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.log.Error("collect failed", "error", err)
		case r.Removed+r.Partial > 0:
			s.log.Info("collected", "before", r.Before, "after", r.After, "removed", r.Removed, "partial", r.Partial)
		}
		timer.Reset(collectEvery)
	}
}

// builder makes the parts in the order in which they need each other, and ends
// them in the other.
type builder struct {
	c      config.Config
	d      Deps
	closes []func(context.Context) error
	routes proxy.Routes
	tokens map[string]proxy.TokenHash
	again  *renewed // the tokens; nil = there are none
	cache  *cache.Cache
	health []func() []Mirror
	main   *upstream.Pool // of the mirrors; nil = none
	proves *sumdb.DB      // what is fetched; nil = nothing does
	all    []*sumdb.DB    // the databases, in the order of the file

	readOnly bool // the cache
}

func newBuilder(c config.Config, d Deps) *builder {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &builder{c: c, d: d}
}

func (b *builder) later(f func(context.Context) error) { b.closes = append(b.closes, f) }

func (b *builder) close(ctx context.Context) error {
	var errs []error
	for i := len(b.closes) - 1; i >= 0; i-- {
		if err := b.closes[i](ctx); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			errs = append(errs, err)
		}
	}
	b.closes = nil
	return msg.Join(errs...)
}

func (b *builder) open(ctx context.Context) (*Server, error) {
	o := Options{Fronts: config.Prefixes(b.c.Fronts), Memory: int64(b.c.Limits.Memory), Version: b.d.Version, Log: b.d.Log,
		Redirect: Redirect{MinSize: int64(b.c.Redirect.MinSize), Clients: config.Prefixes(b.c.Redirect.Clients)}}
	for _, step := range []func(context.Context, *Options) error{b.secrets, b.reach, b.files, b.access} {
		if err := step(ctx, &o); err != nil {
			return nil, err
		}
	}
	if err := b.makeRoutes(); err != nil {
		return nil, err
	}
	if err := b.databases(ctx, &o); err != nil {
		return nil, err
	}
	o.Routes = b.routes
	o.Mirrors = func() []Mirror {
		var out []Mirror
		for _, h := range b.health {
			out = append(out, h()...)
		}
		return out
	}
	pins, err := b.pins()
	if err != nil {
		return nil, err
	}
	var s *Server
	fo := fill.Options{Cache: b.cache, Routes: b.routes, Pins: pins, Offline: b.c.Offline, MaxFills: b.c.Limits.Fills, Log: b.d.Log,
		Mode: fill.Strict, Observe: func(e fill.Event) { s.observe(e) }}
	if b.c.SumDB.Mode == "async" {
		fo.Mode = fill.Async
	}
	if b.c.SumDB.Mode != "client" && b.proves != nil {
		fo.Sums = b.proves
	}
	filler := fill.New(fo)
	b.later(filler.Close)
	o.Files = filler
	b.archives(&o)
	s = New(o)
	s.prove = filler.Prove
	if b.again != nil {
		b.again.load = func() error {
			tokens, err := readTokens(b.c.TokensFile)
			if err != nil {
				return err
			}
			if gone := s.gate.replace(tokens); len(gone) > 0 {
				s.log.Warn("routes name somebody who has no token any more", "names", gone)
			}
			return nil
		}
		s.again = []*renewed{b.again}
	}
	if o.Token != nil {
		dir, err := workdir.New(b.d.Temp)
		if err != nil {
			return nil, err
		}
		b.later(func(context.Context) error { return dir.Close() })
		if s.flight, err = newFlight(dir.Path(), b.d.Log); err != nil {
			return nil, err
		}
		b.later(func(context.Context) error { s.flight.stop(); return nil })
	}
	return s, nil
}

// observe counts what the filler tells, and forgets what turned out to be wrong.
func (s *Server) observe(e fill.Event) {
	s.count.Observe(e)
	switch e.What {
	case fill.Quarantined:
		s.hot.drop("/" + e.File.Path())
		s.log.Error("content quarantined", "file", e.File.String(), "from", e.Pieces, "error", e.Err)
	case fill.Changed:
		s.log.Warn("a source has other content than was here before; the old one stays", "file", e.File.String(), "from", e.Pieces)
	}
}

// secrets reads the files that hold some.
func (b *builder) secrets(ctx context.Context, o *Options) error {
	if name := b.c.Admin.TokenFile; name != "" {
		hash, err := ReadToken(name)
		if err != nil {
			return err
		}
		o.Token = &hash
	}
	return b.clients(ctx, o)
}

// clients reads who may have what.
func (b *builder) clients(_ context.Context, o *Options) (err error) {
	if b.c.TokensFile != "" {
		b.again = &renewed{what: "tokens", files: []string{b.c.TokensFile}}
		b.again.seen = b.again.state()
		b.tokens, err = readTokens(b.c.TokensFile)
		o.Tokens = b.tokens
	}
	return err
}

func readTokens(name string) (map[string]proxy.TokenHash, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, msg.Errorf("read tokens: %w", "读取令牌：%w", err).WithKind(msg.Usage)
	}
	tokens, err := config.ParseTokens(name, data)
	if err == nil && len(tokens) == 0 {
		return nil, msg.Errorf("read tokens: %s names nobody", "读取令牌：%s 中没有任何持有者", name).WithKind(msg.Usage).
			WithHint("leave out tokens_file to let everybody in", "若要对所有人开放，请去掉 tokens_file")
	}
	return tokens, err
}

// reach makes what all requests to elsewhere have in common.
func (b *builder) reach(context.Context, *Options) error {
	pool, err := b.authorities("")
	if pool != nil {
		b.d.HTTP.RootCAs = pool
	}
	b.d.HTTP.Guard = nil
	return err
}

// allowed are internal hosts and ranges that may be asked, as the file names them.
func (b *builder) allowed() (hosts []string, nets []netip.Prefix) {
	for _, word := range b.c.HTTP.Allow {
		if p, err := netip.ParsePrefix(word); err == nil {
			nets = append(nets, p)
		} else {
			hosts = append(hosts, word)
		}
	}
	return hosts, nets
}

// files opens the cache.
func (b *builder) files(ctx context.Context, o *Options) error {
	co := cache.Options{Dir: b.c.Cache.Dir, Budget: max(int64(b.c.Cache.Budget), 0), MinAge: time.Duration(b.c.Cache.MinAge), Keep: b.keep, ReadOnly: b.readOnly}
	if url := b.c.Cache.Store; url != "" {
		shared, err := b.d.Stores.Open(ctx, url)
		if err != nil {
			return err
		}
		co.Shared = shared
		if p, ok := shared.(store.Presigner); ok {
			o.Redirect.To = &seen{store: shared, sign: p}
		}
		o.Ready = func(ctx context.Context) error {
			_, err := shared.Head(ctx, ".yingzao/ready")
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			return err
		}
	}
	c, err := cache.Open(ctx, co)
	if err != nil {
		return err
	}
	b.later(func(context.Context) error { return c.Close() })
	b.cache, o.Cache = c, c
	folder, err := here(co.Dir)
	bucket := o.Ready
	o.Ready = func(ctx context.Context) error {
		if err := folder(ctx); err != nil || bucket == nil {
			return err
		}
		return bucket(ctx)
	}
	return err
}

// keep reports whether a file must stay: of a private route, or pinned.
func (b *builder) keep(key string) bool {
	f, err := proxy.Parse(key)
	if err != nil {
		return false
	}
	if r := b.routes.For(f.Module, f.Version); r != nil && r.Private {
		return true
	}
	for _, pin := range b.c.Cache.Pins {
		path, version, _ := strings.Cut(pin, "@")
		if (version == "" || version == f.Version) && (path == f.Module || version == "" && module.MatchPrefixPatterns(path, f.Module)) {
			return true
		}
	}
	return false
}

// access opens the access log.
func (b *builder) access(_ context.Context, o *Options) error {
	to := b.d.Stdout
	switch name := b.c.Log.Access; name {
	case "off":
		return nil
	case "":
	default:
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o640)
		if err != nil {
			return msg.Errorf("open the access log: %w", "打开访问日志：%w", err).WithKind(msg.Usage)
		}
		b.later(func(context.Context) error { return f.Close() })
		to = f
	}
	if to == nil {
		return nil
	}
	w := newLazyWriter(to)
	b.later(func(context.Context) error { return w.Flush() })
	o.Access = slog.New(slog.NewJSONHandler(w, nil))
	if b.c.Log.Format == "text" && b.c.Log.Access == "" {
		o.Access = slog.New(slog.NewTextHandler(w, nil))
	}
	return nil
}

// pins reads the site's go.sum files.
func (b *builder) pins() (fill.Pins, error) {
	pins := fill.Pins{}
	for _, name := range b.c.SumDB.GoSum {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, msg.Errorf("read go.sum: %w", "读取 go.sum：%w", err).WithKind(msg.Usage)
		}
		if err := pins.Add(name, data); err != nil {
			return nil, err
		}
	}
	return pins, nil
}

// archives serves Go's own.
func (b *builder) archives(o *Options) {
	if len(b.c.Downloads.Mirrors) == 0 {
		return
	}
	do := dl.Options{Cache: b.cache, Bases: b.c.Downloads.Mirrors, Log: b.d.Log}
	if b.proves != nil {
		do.Sums = b.proves
	}
	if !b.c.Offline {
		do.Client = b.client(do.Bases...)
	}
	a := dl.New(do)
	b.later(func(context.Context) error { a.Close(); return nil })
	o.Archives = a
}

// client makes requests that are neither a mirror's nor a repository's, to the
// given URLs.
func (b *builder) client(urls ...string) *http.Client {
	hosts, nets := b.allowed()
	o := b.d.HTTP
	o.Guard = httpx.RefuseInternal(append(hosts, b.written(urls...)...), nets)
	c := httpx.New(o)
	b.later(func(context.Context) error { c.CloseIdleConnections(); return nil })
	return c
}
