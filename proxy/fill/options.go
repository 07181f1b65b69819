package fill

import (
	"context"
	"log/slog"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// Options say how requests are answered. Only Cache is needed.
type Options struct {
	// Cache holds the files.
	Cache *cache.Cache
	// Routes say who is asked for what. A module that no route matches is not
	// found. nil = none is served.
	Routes proxy.Routes
	// Sums is the checksum database that public modules are proven with. nil = no
	// database: pins and records alone.
	Sums Sums
	// Mode says what becomes of a file while the database is out of reach.
	// "" = Strict.
	Mode Mode
	// Pins are the hashes of the site's go.sum files. nil = none.
	Pins Pins
	// Offline asks nobody: neither sources nor the database.
	Offline bool

	// MaxFills limits how many files are fetched at a time. 0 = 32.
	MaxFills int
	// Memory limits what is held in memory, in bytes, while the cache has no room on its
	// disk: proven files for those who wait for them. 0 = 64 MiB, negative = none, and
	// what does not fit is [proxy.ErrUnavailable].
	Memory int64
	// Budget is how long a source has to renew an old list, @latest or query before
	// the old one is given. 0 = 2 s.
	Budget time.Duration
	// Fresh is how old a list, @latest or query may be and is not asked for again.
	// 0 = 60 s.
	Fresh time.Duration
	// Absent is how long "not there" and "fails verification" are remembered.
	// 0 = 60 s, which is also the most.
	Absent time.Duration
	// Retry is how often Async asks for a missing proof again. 0 = 30 s.
	Retry time.Duration

	// Observe is told what happened, for metrics and the access log. It is called
	// by several goroutines and must be quick. nil = nobody is told.
	Observe func(Event)
	// Log is told what somebody should look at. nil = slog.DiscardHandler.
	Log *slog.Logger
	// Now is the clock; nil = time.Now.
	Now func() time.Time
}

// Sums is a checksum database, as sumdb.DB is one.
type Sums interface {
	// Name is the database's name, like sum.golang.org.
	Name() string
	// Sums are the proven hashes of a version and the number of their record.
	// [proxy.ErrNotFound] only when the database certainly has none;
	// [proxy.ErrContent] when its answer cannot be proven.
	Sums(ctx context.Context, path, version string) (mirror.Sums, int64, error)
}

// Mode says what becomes of a file while the database is out of reach.
type Mode string

// The modes.
const (
	// Strict keeps the file back until it is proven.
	Strict Mode = "strict"
	// Async hands it out, keeps it, and asks the database again every
	// [Options.Retry]; a file that then fails is moved into quarantine. It is for
	// sites whose clients verify too: the go command does unless it was told not
	// to. What a stopped program left to be proven is proven by [Filler.Prove], and
	// in this mode once it is asked for.
	Async Mode = "async"
)

func (o Options) withDefaults() Options {
	if o.Mode == "" {
		o.Mode = Strict
	}
	if o.MaxFills <= 0 {
		o.MaxFills = 32
	}
	if o.Memory == 0 {
		o.Memory = 64 << 20
	}
	o.Budget = or(o.Budget, 2*time.Second)
	o.Fresh = or(o.Fresh, time.Minute)
	o.Absent = min(or(o.Absent, time.Minute), time.Minute)
	o.Retry = or(o.Retry, 30*time.Second)
	if o.Observe == nil {
		o.Observe = func(Event) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func or(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}
