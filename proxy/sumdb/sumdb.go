package sumdb

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// Cache is where records, tiles and the head are kept; a *cache.Cache is one.
type Cache interface {
	Read(ctx context.Context, key string, limit int64) (data []byte, age time.Duration, err error)
	Write(ctx context.Context, key string, data []byte, r cache.Record) error
	WriteMutable(ctx context.Context, key string, data []byte) error
	Quarantine(ctx context.Context, key string, why error) error
	Walk(ctx context.Context, prefix string, fn func(cache.Entry) error) error
}

var _ Cache = (*cache.Cache)(nil)

// Options describe a checksum database. Cache is needed.
type Options struct {
	// Key is the verifier key, name+hash+base64; "" = that of sum.golang.org.
	Key string
	// Sources are asked in order for what is not here. When the first says
	// [proxy.ErrNotFound], it speaks for all of them, as the pool of mirrors does; of
	// others, and of fs.ErrNotExist, each has to say so. nil = offline.
	Sources []mirror.Source
	// Cache keeps everything.
	Cache Cache
	// Refuse reports whether a module's name must not leave: its record is never
	// asked for, and is [proxy.ErrBlocked]. nil = none.
	Refuse func(path string) bool
	// Now is the clock; nil = time.Now.
	Now func() time.Time
	// Log is told of heads that move and of what fails its proof; nil = nobody.
	Log *slog.Logger
}

// Limits of what one answer may take, and of what stays in memory.
const (
	maxAnswer    = 1 << 20
	fetchTime    = time.Minute
	keptRecords  = 16 << 10 // about 4 MB
	keptTiles    = 512      // 4 MB
	tryHeadEvery = 10 * time.Second
)

// DB is an open checksum database. Its methods may be called by several
// goroutines.
type DB struct {
	o     Options
	p     *mirror.Prover
	line  *mirror.Timeline
	since atomic.Int64 // when the head became what it is, in nanoseconds since 1970
	// failed is when there was no head young enough for a client's tile.
	failed atomic.Int64
	// served is when somebody was last seen to serve the database, as since is told.
	served atomic.Int64

	tiles   *shelf
	records bounded[string, *record]
	flights singleflight.Group

	ctx    context.Context // of what is fetched for whoever waits: ends with Close
	cancel context.CancelFunc
	mu     sync.Mutex
	closed bool
	busy   sync.WaitGroup
}

// Open opens the database with what the cache has; it asks no source. It fails for a
// malformed key, and when the cache cannot be read.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Refuse == nil {
		o.Refuse = func(string) bool { return false }
	}
	d := &DB{o: o, records: bounded[string, *record]{max: keptRecords}}
	d.tiles = &shelf{d: d, memory: bounded[string, []byte]{max: keptTiles}}
	var err error
	if d.p, err = mirror.NewProver(mirror.ProverOptions{Key: o.Key, Sources: sources(o.Sources), Kept: d.tiles}); err != nil {
		return nil, err
	}
	head, err := d.keptHead(ctx)
	if err != nil {
		return nil, err
	}
	d.line = d.p.Timeline(head, d.moved)
	d.since.Store(o.Now().UnixNano())
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d, nil
}

// Close ends what is being fetched and waits for its end.
func (d *DB) Close() error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.cancel()
	d.busy.Wait()
	return nil
}

// once does something once for all who wait for it, and goes on when they leave.
func (d *DB) once(ctx context.Context, key string, do func(context.Context) (any, error)) (any, error) {
	done := d.flights.DoChan(key, func() (any, error) {
		d.mu.Lock()
		if d.closed {
			d.mu.Unlock()
			return nil, context.Canceled
		}
		d.busy.Add(1)
		d.mu.Unlock()
		defer d.busy.Done()
		ctx, cancel := context.WithTimeout(d.ctx, fetchTime)
		defer cancel()
		return do(ctx)
	})
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case got := <-done:
		return got.Val, got.Err
	}
}

// Name is the database's name, like sum.golang.org.
func (d *DB) Name() string { return d.p.Name() }

// Key is the database's verifier key.
func (d *DB) Key() string { return cmp.Or(d.o.Key, goenv.PublicSumDBKey) }

// Head is the size of the site's signed tree, in records, and since when this
// process answers with it; 0 when there is none yet.
func (d *DB) Head() (size int64, since time.Time) {
	return d.line.Head().N, time.Unix(0, d.since.Load())
}

func (d *DB) key(path string) string { return "sumdb/" + d.p.Name() + path }

// sources say "not there" as the prover understands it: the first one's
// [proxy.ErrNotFound] is this proxy's word, which is said when it is certain.
func sources(all []mirror.Source) []mirror.Source {
	var out []mirror.Source
	for i, src := range all {
		out = append(out, func(ctx context.Context, path string) ([]byte, error) {
			data, err := src(ctx, path)
			switch {
			case !errors.Is(err, proxy.ErrNotFound):
			case i == 0:
				err = &mirror.Certain{Err: err}
			default:
				err = msg.Errorf("%w: %w", "%w：%w", fs.ErrNotExist, err)
			}
			return data, err
		})
	}
	return out
}

// fail gives an error its class.
func (d *DB) fail(what string, err error) error {
	class := proxy.ErrUnavailable
	if mirror.ClassOf(err) == mirror.WrongContent {
		class = proxy.ErrContent
		d.o.Log.Error("checksum database: proof failed", "database", d.Name(), "what", what, "error", err)
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, proxy.ErrNotFound) {
		// A tile, or the whole database, is not where it was looked for.
		err = msg.Errorf("%v", "%v", err)
	}
	return proxy.Fail(class, d.Name()+what, err)
}

var errNobody = msg.Errorf("it is not here, and there is nobody to ask", "本地没有，也无处可问")
