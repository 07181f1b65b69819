package upstream

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// request is one file that the pool is asked for.
type request struct {
	what  string // for people
	rel   string // below a mirror's URL
	limit int64  // bytes
	check func([]byte) error
	skip  func(mirror string) bool // nil = none
	db    string                   // the checksum database's name; "" = a module's file
	only  *node                    // nil = all
}

// tally keeps what the mirrors said to one request. One goroutine uses it.
type tally struct {
	p    *Pool
	r    *request
	errs map[*node]error
	// patient is set once something came of a download: then it is worth waiting for
	// a mirror to come back.
	patient bool
}

func (p *Pool) tally(r *request) *tally { return &tally{p: p, r: r, errs: map[*node]error{}} }

// candidates are the mirrors to ask now, in order: not those that said something
// that will not change, nor those that are left alone.
func (t *tally) candidates() []*node {
	var out []*node
	for _, n := range t.mine() {
		ok, _ := n.usable()
		if err := t.errs[n]; ok && (err == nil || passes(err)) {
			out = append(out, n)
		}
	}
	return out
}

// mine are the mirrors that the request is for, in order.
func (t *tally) mine() []*node {
	var out []*node
	for _, n := range t.p.ordered() {
		if t.r.only != nil && t.r.only != n || t.r.skip != nil && t.r.skip(n.name) || t.r.db != "" && n.lacks(t.r.db) {
			continue
		}
		out = append(out, n)
	}
	return out
}

// passes reports whether a failure may be gone at the next try.
func passes(err error) bool {
	switch mirror.ClassOf(err) {
	case mirror.Server, mirror.Timeout, mirror.Slow, mirror.Truncated, mirror.Reset, mirror.DNS, mirror.Refused,
		mirror.Unreachable, mirror.Proxy, mirror.NoRange, differs, mirror.Other:
		return true
	}
	return false
}

// pause waits before the next round, and reports whether there is to be one:
// whether a mirror is left that may be asked, now or as soon as its Retry-After
// is over, and there is time.
func (t *tally) pause(ctx context.Context, round int) bool {
	const longest = 10 * time.Second
	wait := 200 * time.Millisecond << min(round, 5)
	wait = wait/2 + rand.N(wait)
	if len(t.candidates()) == 0 {
		soonest := time.Time{}
		for _, n := range t.mine() {
			err := t.errs[n]
			if _, from := n.usable(); (err == nil || passes(err)) && !from.IsZero() && (soonest.IsZero() || from.Before(soonest)) {
				soonest = from
			}
		}
		if soonest.IsZero() {
			return t.patient && t.await(ctx)
		}
		wait += soonest.Sub(t.p.o.Now())
	}
	if end, ok := ctx.Deadline(); wait > longest || ok && time.Until(end) < wait {
		return false
	}
	return t.p.sleep(ctx, wait)
}

// await waits for a mirror to come back, for as long as two tries of it take.
func (t *tally) await(ctx context.Context) bool {
	for range 25 {
		if !t.p.sleep(ctx, t.p.o.Rest/10) {
			return false
		}
		if len(t.candidates()) > 0 {
			return true
		}
	}
	return false
}

// sleep reports whether it slept all the time.
func (p *Pool) sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-p.ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// another reports whether a mirror is left that may answer differently next time.
func (t *tally) another() bool {
	for _, n := range t.mine() {
		if err := t.errs[n]; err == nil || passes(err) {
			return true
		}
	}
	return false
}
