package transfer

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// How the number of connections moves.
const (
	firstConnections = 4
	blindEvery       = 50 * time.Millisecond // between doublings before the first part is through
	blindBytes       = 256 << 10             // that each connection must have taken in since the last
	blindFor         = 500 * time.Millisecond
	tryMoreEvery     = 10 * time.Second
	cutEvery         = time.Second // one burst of refusals is one reason to slow down
)

// pace decides how many requests run at the same time. It is a semaphore whose
// limit follows what was measured.
type pace struct {
	most  int
	taken atomic.Int64              // bytes of bodies that requests took in, not yet confirmed
	flow  atomic.Pointer[time.Time] // since when

	mu      sync.Mutex
	limit   int
	goal    int // what limit grows back to after failures
	busy    int
	peak    int
	parts   int       // that were through, ever
	good    int       // parts since limit last grew back
	until   time.Time // nobody begins before
	cut     time.Time
	settled time.Time // zero while the limit is looked for
	stages  []stage   // numbers of connections that were tried in this search
	first   int       // number of stages[0]; attempts know theirs by number
	changed chan struct{}
}

// stage is what is known of one number of connections, by the parts that were
// begun while it was in force.
type stage struct {
	n     int
	began time.Time
	taken int64 // pace.taken at that time
	parts int
	bytes int64
	time  time.Duration // of the requests together
}

// known reports whether enough parts are through to believe total.
func (s *stage) known() bool { return s.parts >= max(2, s.n/2) && s.time > 0 }

// each is the rate of one connection, total of all of them, in bytes a second.
func (s *stage) each() float64  { return float64(s.bytes) / s.time.Seconds() }
func (s *stage) total() float64 { return s.each() * float64(s.n) }

func newPace(most int) *pace {
	most = max(most, 1)
	p := &pace{most: most, changed: make(chan struct{})}
	p.enter(min(firstConnections, most), time.Now())
	return p
}

// even lowers the most to what carries the parts in as many rounds with none of
// them nearly empty: 72 parts that a store does not let be smaller take two rounds
// with 64 connections, and two with 36 that each get more of the link.
func (p *pace) even(parts int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if parts > 0 {
		rounds := (parts + p.most - 1) / p.most
		p.most = max((parts+rounds-1)/rounds, 1)
		p.limit, p.goal = min(p.limit, p.most), min(p.goal, p.most)
	}
}

// acquire waits until one more request may run.
func (p *pace) acquire(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.mu.Lock()
		now := time.Now()
		p.consider(now)
		wait := blindEvery
		if hold := p.until.Sub(now); hold > 0 {
			wait = hold
		} else if p.busy < p.limit {
			p.busy++
			p.peak = max(p.peak, p.busy)
			p.mu.Unlock()
			return nil
		}
		changed := p.changed
		p.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (p *pace) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy--
	p.wake()
}

// wake makes everybody in acquire look again; the caller holds the lock.
func (p *pace) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// consider moves the limit if there is reason to; somebody wants more than it.
func (p *pace) consider(now time.Time) {
	if p.busy < p.limit || p.until.After(now) {
		return
	}
	s := &p.stages[len(p.stages)-1]
	switch {
	case !p.settled.IsZero():
		if p.limit < p.most && p.limit == p.goal && now.Sub(p.settled) >= tryMoreEvery && s.known() {
			p.settled = time.Time{}
			p.enter(min(p.limit+p.limit/2+1, p.most), now)
		}
	case s.known():
		if s.n == p.most || !p.paid() {
			p.settle(p.enough(), now)
		} else {
			p.enter(min(2*s.n, p.most), now)
		}
	case p.parts == 0 && s.n < p.most && now.Sub(s.began) >= blindEvery && p.flowing(now) < blindFor && p.taken.Load()-s.taken >= int64(s.n)*blindBytes:
		p.enter(min(2*s.n, p.most), now)
	}
}

// flowing is for how long bytes have been taken in.
func (p *pace) flowing(now time.Time) time.Duration {
	at := p.flow.Load()
	if at == nil {
		return 0
	}
	return now.Sub(*at)
}

// paid reports whether the last step made a quarter of the difference that it
// would make on a link without end.
func (p *pace) paid() bool {
	last := p.stages[len(p.stages)-1]
	for i := len(p.stages) - 2; i >= 0; i-- {
		if s := p.stages[i]; s.parts >= 2 && s.time > 0 {
			hoped := float64(last.n)/float64(s.n) - 1
			return last.total() >= s.total()*(1+hoped/4)
		}
	}
	return true
}

// enough is how many connections are worth keeping: as many as the measured
// total asks for if each were as fast as the fastest, and a quarter more; but not
// fewer than were tried and came within a twentieth of the best, because answers
// take time as well, and parts of one size tend to end together.
func (p *pace) enough() int {
	var each, total float64
	for _, s := range p.stages {
		if s.known() {
			each, total = max(each, s.each()), max(total, s.total())
		}
	}
	last := p.stages[len(p.stages)-1].n
	if each <= 0 {
		return last
	}
	n := int(math.Ceil(total / each * 1.25))
	for _, s := range p.stages {
		if s.known() && s.total() >= total*0.95 {
			n = max(n, s.n)
			break
		}
	}
	return min(max(n, min(firstConnections, p.most)), last)
}

// enter begins a stage.
func (p *pace) enter(n int, now time.Time) {
	p.limit, p.goal = n, n
	p.stages = append(p.stages, stage{n: n, began: now, taken: p.taken.Load()})
	p.wake()
}

// settle ends the search; what follows is measured for the next one.
func (p *pace) settle(n int, now time.Time) {
	p.settled = now
	p.first += len(p.stages)
	p.stages = nil
	p.enter(n, now)
}

// failed slows down after a failure that will be repeated.
func (p *pace) failed(err error, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !errors.Is(err, store.ErrThrottled) {
		p.limit = max(p.limit-1, min(2, p.limit))
		return
	}
	if until := now.Add(wait); until.After(p.until) {
		p.until = until
	}
	if now.Sub(p.cut) < cutEvery {
		return
	}
	p.cut = now
	was := p.limit
	p.settle(max(was/2, 1), now)
	p.goal = max(was*3/4, 1)
}

// start begins an attempt to send a part.
func (p *pace) start() *attempt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &attempt{p: p, stage: p.first + len(p.stages) - 1, began: time.Now()}
}

// done counts a part that is through.
func (a *attempt) done(bytes int64) {
	p := a.p
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parts++
	// What ends long after its stage says more of the next ones.
	if i := a.stage - p.first; i == len(p.stages)-1 || i >= 0 && !p.stages[i].known() {
		s := &p.stages[i]
		s.parts, s.bytes, s.time = s.parts+1, s.bytes+bytes, s.time+time.Since(a.began)
	}
	if p.limit < p.goal {
		if p.good++; p.good >= p.limit {
			p.good = 0
			p.limit++
			p.wake()
		}
	}
}

func (p *pace) reached() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.peak
}

func (p *pace) allowed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.limit
}

// slot is the right to one request.
type slot struct {
	p    *pace
	held bool
}

func (s *slot) release() {
	if s.held {
		s.held = false
		s.p.release()
	}
}

// retry gives the slot back while a failed request waits. Those on whom others
// wait keep it: else these could fill all slots.
func (s *slot) retry(r Retry, keep bool) Retry {
	r.Wait = func(ctx context.Context, failure error, d time.Duration) error {
		s.p.failed(failure, d)
		if keep {
			return sleep(ctx, d)
		}
		s.release()
		if err := sleep(ctx, d); err != nil {
			return err
		}
		if err := s.p.acquire(ctx); err != nil {
			return err
		}
		s.held = true
		return nil
	}
	return r
}
