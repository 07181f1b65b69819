package cache

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Options describe a cache. Only Dir is needed.
type Options struct {
	// Dir is the directory; it is made when it does not exist.
	Dir string
	// Shared is the bucket behind it. nil = none, the directory is the truth. It
	// stays the caller's to close.
	Shared store.Store
	// Budget limits what the directory holds, in bytes; Collect keeps to it.
	// 0 = no limit.
	Budget int64
	// MinAge is how long a file stays at least. 0 = 1 h.
	MinAge time.Duration
	// Keep reports whether a key must never be removed: pinned or private. nil =
	// nothing is.
	Keep func(key string) bool
	// ReadOnly never writes: partial files, records and last uses neither. With a
	// bucket, what the directory lacks is [proxy.ErrUnavailable].
	ReadOnly bool
	// Now is the clock; nil = time.Now.
	Now func() time.Time
}

// Cache is an open cache. Its methods may be called by several goroutines, and
// several processes may have the same directory open.
type Cache struct {
	o    Options
	root *os.Root
	read *opener
	link func(root *os.Root, old, new string) error

	// life is the context of what outlives the caller who began it.
	life   context.Context
	end    context.CancelFunc
	work   sync.WaitGroup
	flight singleflight.Group // what is being brought from the bucket, by key
	pause  time.Duration      // before a second request to the bucket

	usage atomic.Int64
	full  atomic.Bool

	used    journal
	tags    tags
	durable durable
}

// Open opens or makes a cache and sweeps what a killed process left, except for
// partial files, which Create takes up. ctx carries values only: the cache lives
// until Close.
func Open(ctx context.Context, o Options) (*Cache, error) {
	fail := func(err error) (*Cache, error) {
		return nil, msg.Errorf("open cache %s: %w", "打开缓存 %s：%w", o.Dir, err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MinAge == 0 {
		o.MinAge = time.Hour
	}
	if o.Dir == "" {
		return fail(msg.Errorf("no directory given", "未给出目录"))
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return fail(err)
	}
	o.Dir = dir
	if !o.ReadOnly {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fail(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fail(err)
	}
	read, err := newOpener(root)
	if err != nil {
		_ = root.Close()
		return fail(err)
	}
	c := &Cache{o: o, root: root, read: read, link: (*os.Root).Link, pause: firstPause}
	c.life, c.end = context.WithCancel(context.WithoutCancel(ctx))
	if !o.ReadOnly {
		err = c.prepare()
	}
	if err != nil {
		c.end()
		_ = msg.Join(read.close(), root.Close())
		return fail(err)
	}
	c.used.begin(o.Now())
	c.usage.Store(c.lastUsage())
	return c, nil
}

// prepare makes the hidden folders and throws away the temporary files of the
// dead.
func (c *Cache) prepare() error {
	for _, dir := range []string{partialDir, tempDir, recordDir} {
		if err := c.root.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	return c.sweepTemp()
}

// Dir is the directory's absolute path.
func (c *Cache) Dir() string { return c.o.Dir }

// Close ends what is under way in the background and writes what is still to be
// written. Objects stay open.
func (c *Cache) Close() error {
	c.end()
	c.work.Wait()
	err := c.flushUsed(true)
	if noSpace(err) { // last uses are no reason for a failure
		err = nil
	}
	return msg.Join(err, c.read.close(), c.root.Close())
}

// Usage is how many bytes the directory holds, as of the last Collect and what
// this process wrote since. Before the first Collect of a directory it knows only
// the latter.
func (c *Cache) Usage() int64 { return c.usage.Load() }

// Free is how many bytes the file system still has for us, and whether the last
// write failed for lack of room. Negative = it cannot be found out.
func (c *Cache) Free() (bytes int64, full bool) {
	n, err := freeBytes(c.o.Dir)
	if err != nil {
		n = -1
	}
	return n, c.full.Load()
}

// wrote keeps in mind whether there is room.
func (c *Cache) wrote(err error) {
	switch {
	case err == nil:
		c.full.Store(false)
	case noSpace(err):
		c.full.Store(true)
	}
}
