package fill

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Answer is a list, a @latest or the .info of a query.
type Answer struct {
	Body []byte
	// Age is how long ago a source said so; 0 for what was computed just now.
	Age time.Duration
	// Stale says that it is older than [Options.Fresh], or was made of the cache, and
	// that no source could be asked.
	Stale bool
}

// Text answers a file that may change: a list, @latest, the .info of a query.
// Errors have a class of package proxy, unless ctx ended.
func (c *Filler) Text(ctx context.Context, f proxy.File) (Answer, error) {
	start := time.Now()
	a, what, route, err := c.text(ctx, f)
	e := Event{What: what, File: f, Took: time.Since(start), Bytes: int64(len(a.Body)), Err: err}
	if route != nil {
		e.Route = route.Name
	}
	if err != nil {
		e.What = classed(ctx, err)
	}
	c.o.Observe(e)
	return a, err
}

func (c *Filler) text(ctx context.Context, f proxy.File) (Answer, What, *proxy.Route, error) {
	r, err := c.route(f)
	if err != nil {
		return Answer{}, "", r, err
	}
	key := f.Path()
	if key == "" || f.Immutable() {
		return Answer{}, "", r, proxy.Fail(proxy.ErrNotFound, f.String(), nil)
	}
	a, what, err := c.current(ctx, r, f, key)
	if err == nil {
		err = c.permit(ctx, r, f, &a)
	}
	if err != nil {
		return Answer{}, "", r, err
	}
	c.o.Cache.Used(key)
	return a, what, r, nil
}

// current is the answer now: the one that is kept while it is fresh, or a new one,
// or the old one where that takes too long or fails.
func (c *Filler) current(ctx context.Context, r *proxy.Route, f proxy.File, key string) (Answer, What, error) {
	old, age, err := c.o.Cache.Read(ctx, key, maxText)
	have := err == nil
	switch {
	case have && age < c.o.Fresh:
		return Answer{Body: old, Age: age}, Hit, nil
	case err != nil && !errors.Is(err, proxy.ErrNotFound) && ctx.Err() != nil:
		return Answer{}, "", context.Cause(ctx)
	}
	if c.o.Offline || r.Source == nil {
		if have {
			return Answer{Body: old, Age: age}, Hit, nil
		}
		body, err := c.compute(ctx, r, f)
		if err != nil {
			return Answer{}, "", c.absent(ctx, f)
		}
		return Answer{Body: body}, Hit, nil
	}
	if !have {
		return c.first(ctx, r, f, key)
	}
	fresh, err := c.renew(ctx, r, f, key)
	switch {
	case err == nil:
		return Answer{Body: fresh}, Filled, nil
	case ctx.Err() != nil:
		return Answer{}, "", err
	}
	return Answer{Body: old, Age: age, Stale: true}, Stale, nil
}

// first is the answer where none is kept yet.
func (c *Filler) first(ctx context.Context, r *proxy.Route, f proxy.File, key string) (Answer, What, error) {
	err := c.missed(f, key)
	if err == nil {
		var body []byte
		body, err = c.texts.do(ctx, key, func(ctx context.Context) ([]byte, error) { return c.ask(ctx, r, f, key) })
		if err == nil {
			return Answer{Body: body}, Filled, nil
		}
	}
	if ctx.Err() != nil {
		return Answer{}, "", err
	}
	if body, e := c.compute(ctx, r, f); e == nil {
		// A list is a source's; an optional @latest that nobody has is ours to make.
		stale := f.Kind == proxy.List || !errors.Is(err, proxy.ErrNotFound)
		if stale {
			return Answer{Body: body, Stale: true}, Stale, nil
		}
		return Answer{Body: body}, Filled, nil
	}
	return Answer{}, "", err
}

var errSlow = msg.Errorf("%w: no answer in time", "%w：未及时响应", proxy.ErrUnavailable)

// renew asks the source again and waits for it as long as the budget allows; where
// the source was silent before, not at all. The asking goes on when nobody waits.
func (c *Filler) renew(ctx context.Context, r *proxy.Route, f proxy.File, key string) ([]byte, error) {
	if err := c.missed(f, key); err != nil {
		return nil, err
	}
	fl, err := c.texts.join(key, func(ctx context.Context) ([]byte, error) {
		body, err := c.ask(ctx, r, f, key)
		c.silent.set(r, err != nil && !errors.Is(err, proxy.ErrNotFound))
		return body, err
	})
	if err != nil {
		return nil, err
	}
	if c.silent.is(r) {
		return nil, errSlow
	}
	budget := time.NewTimer(c.o.Budget)
	defer budget.Stop()
	select {
	case <-fl.done:
		return fl.value, fl.err
	case <-budget.C:
		c.silent.set(r, true)
		return nil, errSlow
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// ask gets a new answer from the route's source and keeps it.
func (c *Filler) ask(ctx context.Context, r *proxy.Route, f proxy.File, key string) (body []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = msg.Errorf("%w: %s", "%w：内部错误 %s", proxy.ErrUnavailable, fmt.Sprint(v))
			c.o.Log.Error("fill panicked", "file", f.String(), "panic", fmt.Sprint(v))
		}
		if err != nil {
			err = sure(f, err)
			c.remember(key, err)
		} else {
			c.misses.forget(key)
		}
	}()
	if kept, age, e := c.o.Cache.Read(ctx, key, maxText); e == nil && age < c.o.Fresh {
		return kept, nil // another flight landed since this one's client looked
	}
	start := time.Now()
	if f.Kind == proxy.List {
		if body, err = r.Source.Versions(ctx, f.Module); err == nil {
			body, err = parseList(body)
		}
	} else {
		query := f.Version
		if f.Kind == proxy.Latest {
			query = "latest"
		}
		if body, err = r.Source.Info(ctx, f.Module, query); err == nil {
			_, err = parseInfo(f.Module, "", body)
		}
	}
	if err != nil {
		return nil, err
	}
	n := int64(len(body))
	c.o.Observe(Event{What: Fetched, File: f, Route: r.Name, Pieces: []proxy.Piece{{From: r.Source.Name(), Bytes: n}}, Bytes: n, Took: time.Since(start)})
	c.keep(ctx, key, body)
	return body, nil
}

// keep stores an answer. That it cannot be stored must not cost anybody the answer.
func (c *Filler) keep(ctx context.Context, key string, body []byte) {
	old, _, err := c.o.Cache.Read(ctx, key, maxText)
	if err == nil && bytes.Equal(old, body) {
		err = c.o.Cache.Touch(ctx, key)
	} else {
		err = c.o.Cache.WriteMutable(ctx, key, body)
	}
	if err != nil {
		c.o.Log.Warn("answer cannot be kept", "key", key, "err", err)
	}
}
