package fill

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// maxProofs limits how many unproven files are remembered for the next try; more
// are left to [Filler.Prove].
const maxProofs = 4 << 10

// maxSeen limits how many files are remembered as looked at; then they are looked at
// once more.
const maxSeen = 64 << 10

// proofOf is how a record names a database's record.
func proofOf(name string, record int64) string { return fmt.Sprintf("sumdb:%s#%d", name, record) }

// proofs are the files that Async handed out unproven. While there are some, one
// goroutine asks for them again. Those of an earlier run, or of another replica, come
// to light when they are asked for: another goroutine reads the records of what was
// answered out of the cache, of each file once.
type proofs struct {
	base   context.Context
	filler *Filler
	seed   maphash.Seed

	mu      sync.Mutex
	open    map[proxy.File]bool
	busy    bool
	seen    map[uint64]bool // what was looked at
	queue   []proxy.File    // what is to be looked at
	looking bool
	closed  bool
	all     sync.WaitGroup
}

func (p *proofs) start(base context.Context, c *Filler) {
	p.base, p.filler, p.open = base, c, map[proxy.File]bool{}
	p.seed, p.seen = maphash.MakeSeed(), map[uint64]bool{}
}

// close waits for what goes on; base has ended.
func (p *proofs) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.all.Wait()
}

// hit is told of each file that was answered out of the cache. It takes no time. Where
// nothing is handed out unproven nothing is read: with a bucket each record would be
// a request.
func (p *proofs) hit(f proxy.File, key string) {
	if p.filler.o.Mode != Async || p.filler.o.Sums == nil || f.Kind == proxy.Info {
		return
	}
	sum := maphash.String(p.seed, key)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.seen[sum] || len(p.queue) >= maxProofs {
		return
	}
	if len(p.seen) >= maxSeen {
		clear(p.seen)
	}
	p.seen[sum] = true
	p.queue = append(p.queue, f)
	if !p.looking {
		p.looking = true
		p.all.Go(p.look)
	}
}

// look reads the records of what was answered, and completes what is pending.
func (p *proofs) look() {
	for {
		p.mu.Lock()
		if len(p.queue) == 0 || p.closed {
			p.looking = false
			p.mu.Unlock()
			return
		}
		f := p.queue[0]
		p.queue = p.queue[1:]
		p.mu.Unlock()
		if !p.filler.ProveAgain(p.base, f) {
			p.add(f)
		}
	}
}

func (p *proofs) add(f proxy.File) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.open) >= maxProofs || p.closed {
		return
	}
	p.open[f] = true
	if !p.busy {
		p.busy = true
		p.all.Go(p.run)
	}
}

// run asks for all of them every now and then until there are none.
func (p *proofs) run() {
	for {
		select {
		case <-p.base.Done():
			return
		case <-time.After(p.filler.o.Retry):
		}
		for _, f := range p.list() {
			if p.filler.ProveAgain(p.base, f) {
				p.mu.Lock()
				delete(p.open, f)
				p.mu.Unlock()
			}
		}
		p.mu.Lock()
		p.busy = len(p.open) > 0
		done := !p.busy
		p.mu.Unlock()
		if done {
			return
		}
	}
}

func (p *proofs) list() []proxy.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []proxy.File
	for f := range p.open {
		all = append(all, f)
	}
	return all
}

// Prove looks up every file below a prefix of the cache that Async handed out and
// nobody proved yet, and moves into quarantine what fails. It returns how many are
// settled now, and how many still wait because the database is out of reach.
func (c *Filler) Prove(ctx context.Context, prefix string) (settled, waiting int, err error) {
	var files []proxy.File
	err = c.o.Cache.Walk(ctx, prefix, func(e cache.Entry) error {
		f, err := proxy.Parse(e.Key)
		if err != nil || f.Kind != proxy.Mod && f.Kind != proxy.Zip {
			return nil
		}
		if r, err := c.o.Cache.Record(ctx, e.Key); err == nil && r.Proof == proofPending {
			files = append(files, f)
		}
		return nil
	})
	for _, f := range files {
		if ctx.Err() != nil {
			return settled, waiting, context.Cause(ctx)
		}
		if c.ProveAgain(ctx, f) {
			settled++
		} else {
			waiting++
		}
	}
	return settled, waiting, err
}

// ProveAgain completes the proof of a file that was handed out unproven, if it is one,
// and moves it into quarantine when it fails. false = not now: the database, or the
// bucket, is out of reach.
func (c *Filler) ProveAgain(ctx context.Context, f proxy.File) bool {
	rec, err := c.o.Cache.Record(ctx, f.Path())
	if err != nil {
		return !errors.Is(err, proxy.ErrUnavailable) // it is gone, or nothing to go by
	}
	if rec.Proof != proofPending {
		return true
	}
	w, ok := c.owed(ctx, f)
	switch {
	case !ok:
		return true
	case errors.Is(w.err, proxy.ErrUnavailable), ctx.Err() != nil:
		return false
	case w.err == nil && w.h1 == rec.H1:
		rec.Proof, rec.Proven = w.proof, c.o.Now()
		if err := c.o.Cache.Proved(ctx, rec); err != nil {
			c.o.Log.Warn("a completed proof cannot be noted", "key", rec.Key, "err", err)
			return false
		}
		return true
	}
	why := w.err
	if why == nil {
		why = mismatch(w, rec.H1)
	}
	c.o.Log.Error("SECURITY: content that was handed out fails verification", "file", f.String(), "route", rec.Route, "from", senders(rec.Pieces), "err", why)
	if err := c.o.Cache.Quarantine(ctx, f.Path(), why); err != nil && !errors.Is(err, proxy.ErrNotFound) {
		c.o.Log.Error("file cannot be put into quarantine", "key", f.Path(), "err", err)
		return false
	}
	c.remember(f.Path(), sure(f, why))
	c.o.Observe(Event{What: Quarantined, File: f, Route: rec.Route, Pieces: rec.Pieces, Bytes: rec.Size, Err: why})
	return true
}

// owed is what a file has to be that has no proof yet. ok = false: none is asked for any
// more, since the site calls it private or forbids it now, or has no database.
func (c *Filler) owed(ctx context.Context, f proxy.File) (w want, ok bool) {
	r := c.o.Routes.For(f.Module, f.Version)
	if r == nil || r.Private || r.Block != "" || c.o.Sums == nil {
		return want{}, false
	}
	if w, ok := c.known(ctx, r, f); ok {
		return w, true
	}
	return c.lookup(ctx, f), true
}

// Repair fetches a file again that was moved into quarantine. Only a file that
// passes its proof takes the old one's place; while one is there nothing happens.
func (c *Filler) Repair(ctx context.Context, key string) error {
	f, err := proxy.Parse(key)
	if err != nil {
		return err
	}
	c.misses.forget(key)
	obj, err := c.Get(ctx, f)
	if err != nil {
		return err
	}
	return obj.Close()
}
