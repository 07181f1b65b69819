package sumdb

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
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
	// Sources are asked in order for what is not here. nil = offline.
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

// DB is an open checksum database. Its methods may be called by several
// goroutines.
type DB struct{ o Options }

var errNotYet = errors.New("not yet")

// Open opens the database with what the cache has; it asks no source.
func Open(ctx context.Context, o Options) (*DB, error) { return nil, errNotYet }

// Close ends what is being fetched.
func (d *DB) Close() error { return nil }

// Name is the database's name, like sum.golang.org.
func (d *DB) Name() string { return "" }

// Head is the size of the site's signed tree, in records, and since when this
// process answers with it; 0 when there is none yet.
func (d *DB) Head() (size int64, since time.Time) { return 0, time.Time{} }

// Sums returns the sums of a version, and the number of the record that holds
// them.
func (d *DB) Sums(ctx context.Context, path, version string) (mirror.Sums, int64, error) {
	return mirror.Sums{}, 0, errNotYet
}

// Answer is what a client gets for a path below /sumdb/<name>.
func (d *DB) Answer(ctx context.Context, path string) (body []byte, immutable bool, err error) {
	return nil, false, errNotYet
}
