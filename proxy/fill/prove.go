package fill

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// maxProofs limits how many unproven files are remembered for the next try; more
// are left to [Filler.Prove].
const maxProofs = 4 << 10

// proofOf is how a record names a database's record.
func proofOf(name string, record int64) string { return fmt.Sprintf("sumdb:%s#%d", name, record) }

// proofs are the files that Async handed out unproven. While there are some, one
// goroutine asks for them again.
type proofs struct {
	base   context.Context
	filler *Filler

	mu   sync.Mutex
	open map[proxy.File]bool
	busy bool
	all  sync.WaitGroup
}

func (p *proofs) start(base context.Context, c *Filler) {
	p.base, p.filler, p.open = base, c, map[proxy.File]bool{}
}

func (p *proofs) add(f proxy.File) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.open) >= maxProofs || p.base.Err() != nil {
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
			if p.filler.proveAgain(p.base, f) {
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
		if c.proveAgain(ctx, f) {
			settled++
		} else {
			waiting++
		}
	}
	return settled, waiting, err
}

// proveAgain looks up a file that is in the cache unproven; false = not now.
func (c *Filler) proveAgain(ctx context.Context, f proxy.File) bool {
	rec, err := c.o.Cache.Record(ctx, f.Path())
	if err != nil {
		return errors.Is(err, proxy.ErrNotFound) // it is gone
	}
	if c.o.Sums == nil {
		return false
	}
	w := c.lookup(ctx, f)
	switch {
	case errors.Is(w.err, proxy.ErrUnavailable), ctx.Err() != nil:
		return false
	case w.err == nil && w.h1 == rec.H1:
		return true
	}
	why := w.err
	if why == nil {
		why = mismatch(w, rec.H1)
	}
	c.o.Observe(Event{What: Quarantined, File: f, Route: rec.Route, Pieces: rec.Pieces, Bytes: rec.Size, Err: why})
	c.o.Log.Error("SECURITY: content that was handed out fails verification", "file", f.String(), "route", rec.Route, "from", senders(rec.Pieces), "err", why)
	if err := c.o.Cache.Quarantine(ctx, f.Path(), why); err != nil && !errors.Is(err, proxy.ErrNotFound) {
		c.o.Log.Error("file cannot be put into quarantine", "key", f.Path(), "err", err)
		return false
	}
	return true
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
