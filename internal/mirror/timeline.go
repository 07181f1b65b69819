package mirror

import (
	"context"
	"sync/atomic"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Timeline is a head that only moves forward, each time to one that is proven to
// have grown out of it. Make it with [Prover.Timeline].
type Timeline struct {
	p     *Prover
	moved func(ctx context.Context, from, to Head) error
	head  atomic.Pointer[Head]
	one   chan struct{} // held by whoever moves it
}

// Timeline begins at a head; the zero Head is the beginning of all. moved is asked
// before each step and may forbid it; nil = nobody is.
func (p *Prover) Timeline(at Head, moved func(ctx context.Context, from, to Head) error) *Timeline {
	t := &Timeline{p: p, moved: moved, one: make(chan struct{}, 1)}
	t.head.Store(&at)
	return t
}

// ErrTooOld is what no head that was offered could do. It is of class WrongContent,
// for whoever gives a record gives a head that has it.
var ErrTooOld error = msg.Errorf("the signed head is too old", "签名树头过旧")

// Head is where the timeline is.
func (t *Timeline) Head() Head { return *t.head.Load() }

// Reach returns a head with n records at least. When the timeline is not there yet,
// it moves to the newest of the heads that offers returns, which need not be
// checked; it is left where it is when none of them will do. One goroutine moves it
// and the others wait.
func (t *Timeline) Reach(ctx context.Context, n int64, offers func(context.Context) ([][]byte, error)) (Head, error) {
	if h := t.Head(); h.N >= n {
		return h, nil
	}
	select {
	case <-ctx.Done():
		return Head{}, context.Cause(ctx)
	case t.one <- struct{}{}:
		defer func() { <-t.one }()
	}
	now := t.Head()
	if now.N >= n {
		return now, nil
	}
	signed, failed := offers(ctx)
	best := Head{}
	for _, s := range signed {
		h, err := t.p.OpenHead(s)
		switch {
		case err != nil:
			failed = err
		case h.N > best.N:
			best = h
		}
	}
	if best.N < n {
		if failed == nil {
			failed = t.p.unproven("/latest", msg.Errorf("%w: the newest has %d records, record %d is needed", "%w：最新的有 %d 条记录，而需要第 %d 条", ErrTooOld, best.N, n-1))
		}
		return Head{}, failed
	}
	if err := t.p.Grown(ctx, now, best); err != nil {
		return Head{}, err
	}
	if t.moved != nil {
		if err := t.moved(ctx, now, best); err != nil {
			return Head{}, err
		}
	}
	t.head.Store(&best)
	return best, nil
}
