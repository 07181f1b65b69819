package cache

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/yingzao-dev/yingzao/internal/filelock"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// lockPoll is how often Create tries for a key that another one has.
const lockPoll = 20 * time.Millisecond

// errReadOnly is what a cache answers that must not write.
var errReadOnly error = msg.Errorf("the cache is read-only", "缓存为只读")

// Pending is a file that is being filled. One goroutine uses it.
//
// Write at offset 0 throws away what an earlier try left, so that a download that
// starts anew leaves no old end behind.
type Pending struct {
	*os.File
	c    *Cache
	key  string
	have int64
	h1   string         // of a zip, once Commit knows it
	lock *filelock.Lock // nil once it is let go of
}

// Create opens the partial file of an immutable key, with what an earlier try
// left in it. When another goroutine or process has it, Create waits. When the
// file is there by then the error is [store.ErrExists].
func (c *Cache) Create(ctx context.Context, key string) (*Pending, error) {
	p, err := c.create(ctx, key)
	if err != nil && !errors.Is(err, store.ErrExists) {
		c.wrote(err)
		err = writeFail(key, err)
	}
	return p, err
}

func (c *Cache) create(ctx context.Context, key string) (*Pending, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if c.o.ReadOnly {
		return nil, errReadOnly
	}
	for {
		if c.Has(key) {
			return nil, store.ErrExists
		}
		p, err := c.take(key)
		switch {
		case err != nil:
			return nil, err
		case p == nil:
			if err := pause(ctx, lockPoll); err != nil {
				return nil, err
			}
		case c.Has(key): // whoever had it before has finished
			_ = p.lock.Remove()
			return nil, store.ErrExists
		case p.isPlaced(): // a process was killed between giving it its name and removing this one
			_ = p.lock.Remove()
		default:
			return p, nil
		}
	}
}

// pause waits; when ctx ends before, the error is its cause.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// take locks the partial file of a key; nil when somebody else has it.
func (c *Cache) take(key string) (*Pending, error) {
	f, err := c.root.OpenFile(partialName(key), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	lock, err := filelock.Take(f)
	if lock == nil || err != nil {
		return nil, err
	}
	fi, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &Pending{File: f, c: c, key: key, have: fi.Size(), lock: lock}, nil
}

// isPlaced reports whether the partial file is the file itself, which must not be
// written to.
func (p *Pending) isPlaced() bool {
	open, err1 := p.Stat()
	placed, err2 := p.c.root.Lstat(p.key)
	return err1 == nil && err2 == nil && os.SameFile(open, placed)
}

// Key is the file's.
func (p *Pending) Key() string { return p.key }

// Have is how many bytes an earlier try left.
func (p *Pending) Have() int64 { return p.have }

// WriteAt writes; at 0 it throws away what was there.
func (p *Pending) WriteAt(b []byte, off int64) (int, error) {
	if off == 0 {
		if err := p.Truncate(0); err != nil {
			return 0, err
		}
	}
	n, err := p.File.WriteAt(b, off)
	if err != nil {
		p.c.wrote(err)
	}
	return n, err
}

// Park keeps what came for a later try and lets go of it. After Commit or Discard
// it does nothing, so it may be deferred.
func (p *Pending) Park() error {
	if p.lock == nil {
		return nil
	}
	lock := p.lock
	p.lock = nil
	if fi, err := p.Stat(); err == nil && fi.Size() == 0 {
		return lock.Remove()
	}
	return lock.Close()
}

// Discard throws away what came. With why it goes into quarantine, under its key.
func (p *Pending) Discard(why error) error {
	if p.lock == nil {
		return nil
	}
	lock := p.lock
	p.lock = nil
	if why == nil {
		return writeFail(p.key, lock.Remove())
	}
	if err := p.c.isolate(partialName(p.key), p.key, why); err != nil {
		return writeFail(p.key, msg.Join(err, lock.Remove()))
	}
	return writeFail(p.key, lock.Close())
}
