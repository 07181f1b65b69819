package fill

import (
	"context"
	"sync"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// queued is how many flights may wait for a place, for each place there is.
const queued = 64

// flights does one piece of work for everybody who asks for it at the same time,
// a few pieces at a time. The work belongs to nobody: it goes on when all who
// asked have left. Work that has not begun by then is not begun.
type flights[T any] struct {
	base   context.Context // ends all work
	places chan struct{}

	mu     sync.Mutex
	byKey  map[string]*flight[T]
	closed bool
	all    sync.WaitGroup
}

type flight[T any] struct {
	done    chan struct{}
	waiters int
	value   T
	err     error
}

func newFlights[T any](base context.Context, places int) *flights[T] {
	return &flights[T]{base: base, places: make(chan struct{}, places), byKey: map[string]*flight[T]{}}
}

var (
	errBusy    = msg.Errorf("%w: too many files are being fetched", "%w：正在获取的文件过多", proxy.ErrUnavailable)
	errClosing = msg.Errorf("%w: the proxy is shutting down", "%w：代理正在关闭", proxy.ErrUnavailable)
	errLeft    = msg.Errorf("%w: nobody waits for it", "%w：已无人等待", proxy.ErrUnavailable)
)

// do returns what work for the key returns, or the cause of ctx.
func (g *flights[T]) do(ctx context.Context, key string, work func(ctx context.Context) (T, error)) (T, error) {
	fl, err := g.join(key, work)
	if err != nil {
		var none T
		return none, err
	}
	select {
	case <-fl.done:
		return fl.value, fl.err
	case <-ctx.Done():
		g.mu.Lock()
		fl.waiters--
		g.mu.Unlock()
		var none T
		return none, context.Cause(ctx)
	}
}

// join finds the key's flight or starts one. The caller is counted as waiting.
func (g *flights[T]) join(key string, work func(ctx context.Context) (T, error)) (*flight[T], error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if fl, ok := g.byKey[key]; ok {
		fl.waiters++
		return fl, nil
	}
	switch {
	case g.closed:
		return nil, errClosing
	case len(g.byKey) >= (queued+1)*cap(g.places):
		return nil, errBusy
	}
	fl := &flight[T]{done: make(chan struct{}), waiters: 1}
	g.byKey[key] = fl
	g.all.Go(func() {
		value, err := g.run(key, fl, work)
		g.mu.Lock()
		defer g.mu.Unlock()
		fl.value, fl.err = value, err
		g.forget(key, fl)
		close(fl.done)
	})
	return fl, nil
}

func (g *flights[T]) run(key string, fl *flight[T], work func(ctx context.Context) (T, error)) (T, error) {
	var none T
	select {
	case g.places <- struct{}{}:
		defer func() { <-g.places }()
	case <-g.base.Done():
		return none, errClosing
	}
	g.mu.Lock()
	left := fl.waiters == 0
	if left {
		g.forget(key, fl) // whoever comes now starts anew
	}
	g.mu.Unlock()
	if left {
		return none, errLeft
	}
	return work(g.base)
}

func (g *flights[T]) forget(key string, fl *flight[T]) {
	if g.byKey[key] == fl {
		delete(g.byKey, key)
	}
}

// close lets nothing new begin.
func (g *flights[T]) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}
