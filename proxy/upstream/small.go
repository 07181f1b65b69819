package upstream

import (
	"context"
	"errors"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// small gets a small file from whichever mirror has it first, and says which.
func (p *Pool) small(ctx context.Context, r *request) ([]byte, *node, error) {
	t := p.tally(r)
	for round := 0; ; round++ {
		if data, n := p.race(ctx, t); n != nil {
			return data, n, nil
		}
		if round+1 >= p.o.Rounds || ctx.Err() != nil || !t.another() || !t.pause(ctx, round) {
			return nil, nil, t.verdict(ctx)
		}
	}
}

// errOvertaken ends the requests to mirrors that others were faster than.
var errOvertaken = errors.New("another mirror was faster")

// reply is how one mirror's part in a race ended.
type reply struct {
	n    *node
	data []byte
	err  error
}

// race asks the candidates: the next one as soon as one fails or takes longer than
// it usually does, and all that are left after one has said "not there", because
// only together they can say so. nil when nobody had it.
func (p *Pool) race(ctx context.Context, t *tally) ([]byte, *node) {
	todo := t.candidates()
	replies := make(chan reply, len(todo))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(p.ctx, func() { cancel(errClosed) })()
	timer := time.NewTimer(0)
	defer timer.Stop()
	running := map[*node]time.Time{}
	next := func() {
		if len(todo) == 0 {
			return
		}
		n := todo[0]
		todo = todo[1:]
		timer.Reset(n.usual())
		if p.spawn(func() {
			data, err := p.ask(ctx, n, t.r)
			replies <- reply{n, data, err}
		}) {
			running[n] = time.Now()
		}
	}
	for next(); len(running) > 0; {
		select {
		case <-ctx.Done():
			return nil, nil
		case <-timer.C:
			next()
		case got := <-replies:
			delete(running, got.n)
			switch {
			case got.err == nil:
				cancel(errOvertaken)
				for n, begin := range running {
					n.slow(time.Since(begin))
				}
				t.had()
				return got.data, got.n
			case ctx.Err() != nil:
				t.errs[got.n] = got.err
				return nil, nil
			}
			t.errs[got.n] = got.err
			next()
			for mirror.ClassOf(got.err) == mirror.NotFound && len(todo) > 0 {
				next()
			}
		}
	}
	return nil, nil
}

// ask gets the file from one mirror.
func (p *Pool) ask(ctx context.Context, n *node, r *request) ([]byte, error) {
	begin := time.Now()
	limited, cancel := context.WithTimeout(ctx, p.o.Answer)
	defer cancel()
	data, err := n.m.Get(limited, r.rel, r.limit)
	if err == nil && r.check != nil {
		if bad := r.check(data); bad != nil {
			err = n.m.Fail(mirror.WrongContent, r.rel, nil, bad)
		}
	}
	if r.db != "" {
		n.learn(r.db, r.rel, err)
	}
	p.note(ctx, n, r.rel, time.Since(begin), int64(len(data)), err)
	if err != nil {
		return nil, err
	}
	return data, nil
}
