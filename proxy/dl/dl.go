package dl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// Sums is the checksum database: a *sumdb.DB.
type Sums interface {
	Name() string
	Sums(ctx context.Context, path, version string) (mirror.Sums, int64, error)
}

// Options describe the archives. Cache is needed.
type Options struct {
	Cache *cache.Cache
	// Bases are URLs below which archives have their usual names, asked in order.
	// nil = [fetch.DefaultArchives].
	Bases []string
	// Client makes the requests; it comes from httpx.New and stays the caller's.
	// nil = offline: what is in the cache is all there is.
	Client *http.Client
	// Sums proves what is fetched. nil = nothing is fetched.
	Sums Sums
	// Log is told what was fetched and what failed its proof. nil = nobody.
	Log *slog.Logger
}

// Archives answers with archives. Its methods may be called by several goroutines.
type Archives struct {
	o      Options
	once   singleflight.Group
	ctx    context.Context // of all fetches
	stop   context.CancelFunc
	mu     sync.Mutex
	closed bool
	work   sync.WaitGroup
	tags   sync.Map // name → ETag
}

// New makes the archives of a cache; nobody is asked yet. The caller closes it.
func New(o Options) *Archives {
	if o.Bases == nil {
		o.Bases = fetch.DefaultArchives()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &Archives{o: o}
	a.ctx, a.stop = context.WithCancel(context.Background())
	return a
}

// Close breaks off what is being fetched; what came stays for the next start.
func (a *Archives) Close() {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.stop()
	a.work.Wait()
}

// Get opens an archive, or the .sha256 of one, fetched when it is not there: once
// for all who wait, whether they stay or not. The caller closes it.
func (a *Archives) Get(ctx context.Context, name string) (*cache.Object, error) {
	of := strings.TrimSuffix(name, sumExt)
	r, format, err := Parse(of)
	if err != nil {
		return nil, err
	}
	o, err := a.open(ctx, name)
	if !errors.Is(err, proxy.ErrNotFound) {
		return o, err
	}
	if err := a.share(ctx, of, r, format); err != nil {
		return nil, err
	}
	return a.open(ctx, name)
}

// open opens what is in the cache. The ETag of an archive is made of its SHA-256.
func (a *Archives) open(ctx context.Context, name string) (*cache.Object, error) {
	o, err := a.o.Cache.Get(ctx, "dl/"+name)
	if err != nil {
		return nil, err
	}
	a.o.Cache.Used(o.Key)
	if o.ETag != "" {
		return o, nil
	}
	if tag, ok := a.tags.Load(name); ok {
		o.ETag = tag.(string)
	} else if sum, _, err := a.o.Cache.Read(ctx, o.Key+sumExt, 256); err == nil {
		o.ETag = `"` + strings.TrimSpace(string(sum)) + `"`
		a.tags.Store(name, o.ETag)
	}
	return o, nil
}

// share fetches an archive once for all who ask for it at the same time.
func (a *Archives) share(ctx context.Context, name string, r gosdk.Release, format archive.Format) error {
	if a.o.Client == nil || a.o.Sums == nil {
		return proxy.Fail(proxy.ErrNotFound, name, msg.Errorf("the cache does not have it, and nobody else is asked", "缓存中没有，且不会向其他来源请求"))
	}
	a.mu.Lock()
	if a.closed {
		a.mu.Unlock()
		return proxy.Fail(proxy.ErrUnavailable, name, context.Canceled)
	}
	a.work.Add(1)
	a.mu.Unlock()
	done := a.once.DoChan(name, func() (any, error) { return nil, a.fetch(a.ctx, name, r, format) })
	left := make(chan error, 1)
	go func() { // the work is over when the flight is, whoever waits for it
		defer a.work.Done()
		left <- (<-done).Err
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-left:
		return err
	}
}

// fetch brings an archive, proves it and puts it into the cache.
func (a *Archives) fetch(ctx context.Context, name string, r gosdk.Release, format archive.Format) error {
	m := r.Module()
	want, record, err := a.o.Sums.Sums(ctx, m.Path, m.Version)
	if err != nil {
		return err
	}
	if want.Zip == "" {
		return proxy.Fail(proxy.ErrNotFound, name, nil)
	}
	key := "dl/" + name
	p, err := a.o.Cache.Create(ctx, key)
	if errors.Is(err, store.ErrExists) {
		return a.sum(ctx, key)
	}
	if err != nil {
		return proxy.Fail(proxy.ErrUnavailable, name, err)
	}
	defer func() { _ = p.Park() }()
	d := proxy.NewDownload(p, p.Have())
	if err := a.proven(ctx, name, p, d, r, format, want.Zip); err != nil {
		if errors.Is(err, proxy.ErrContent) {
			_ = p.Discard(err)
		}
		return err
	}
	from := d.Pieces()
	if err := p.Commit(ctx, cache.Record{Pieces: from, H1: want.Zip, Proof: fmt.Sprintf("sumdb:%s#%d", a.o.Sums.Name(), record)}); err != nil {
		return err
	}
	a.o.Log.Info("archive fetched", "archive", name, "from", from)
	return a.sum(ctx, key)
}

// proven downloads until the content is what it must be. What an earlier try left
// may be wrong without anybody's fault; after that, whoever sent what is wrong is
// passed over.
func (a *Archives) proven(ctx context.Context, name string, p *cache.Pending, d *proxy.Download, r gosdk.Release, format archive.Format, want string) error {
	resumed := d.Offset() > 0
	var wrong error
	for {
		if err := a.download(ctx, name, d); err != nil {
			return cmp.Or(wrong, err)
		}
		if err := p.Truncate(d.Offset()); err != nil {
			return proxy.Fail(proxy.ErrUnavailable, name, err)
		}
		h1, err := hash(ctx, p.File, r, format)
		switch {
		case err == nil && h1 == want:
			return nil
		case err == nil:
			err = proxy.Fail(proxy.ErrContent, name, msg.Errorf("its files hash to %s, the checksum database says %s", "其文件的哈希为 %s，校验数据库中为 %s", h1, want))
		case !errors.Is(err, proxy.ErrContent):
			return proxy.Fail(proxy.ErrUnavailable, name, err)
		}
		a.o.Log.Error("archive fails verification", "archive", name, "from", d.Pieces(), "error", err)
		if wrong = err; resumed {
			resumed = false
			d.Restart()
		} else {
			d.Distrust()
		}
	}
}

// sum writes the .sha256 of an archive that is in the cache.
func (a *Archives) sum(ctx context.Context, key string) error {
	if a.o.Cache.Has(key + sumExt) {
		return nil
	}
	o, err := a.o.Cache.Get(ctx, key)
	if err != nil {
		return err
	}
	defer o.Close()
	s, err := archive.SumReader(ctx, o)
	if err != nil {
		return proxy.Fail(proxy.ErrUnavailable, key, err)
	}
	return a.o.Cache.Write(ctx, key+sumExt, []byte(s.SHA256), cache.Record{})
}
