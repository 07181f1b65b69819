package fill

import (
	"context"
	"errors"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// Filler answers requests. Its methods may be called by several goroutines.
type Filler struct {
	o      Options
	end    context.CancelCauseFunc
	files  *flights[outcome]
	texts  *flights[[]byte]
	misses misses
	spare  *cache.Spare
	silent silence
	proofs proofs
}

// New makes a filler. It asks nobody anything yet.
func New(o Options) *Filler {
	o = o.withDefaults()
	base, end := context.WithCancelCause(context.Background())
	c := &Filler{o: o, end: end, files: newFlights[outcome](base, o.MaxFills), texts: newFlights[[]byte](base, o.MaxFills),
		spare: cache.NewSpare(o.Memory)}
	c.proofs.start(base, c)
	return c
}

// Close lets no new fetch begin and waits for those on their way. When ctx ends
// they are broken off, and what came so far is parked for the next start; its
// cause is returned then.
func (c *Filler) Close(ctx context.Context) error {
	c.files.close()
	c.texts.close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.files.all.Wait()
		c.texts.all.Wait()
	}()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	c.end(errClosing)
	<-done
	c.proofs.close()
	c.spare.Close()
	return err
}

// Get answers a file that never changes ([proxy.File.Immutable]). The caller
// closes the object. Errors have a class of package proxy, unless ctx ended.
func (c *Filler) Get(ctx context.Context, f proxy.File) (*cache.Object, error) {
	start := time.Now()
	obj, what, route, err := c.get(ctx, f)
	e := Event{What: what, File: f, Took: time.Since(start), Err: err}
	if route != nil {
		e.Route = route.Name
	}
	if err != nil {
		e.What = classed(ctx, err)
	} else {
		e.Bytes = obj.Size
	}
	c.o.Observe(e)
	return obj, err
}

func (c *Filler) get(ctx context.Context, f proxy.File) (*cache.Object, What, *proxy.Route, error) {
	r, err := c.route(f)
	if err != nil {
		return nil, "", r, err
	}
	key := f.Path()
	if key == "" || !f.Immutable() {
		return nil, "", r, proxy.Fail(proxy.ErrNotFound, f.String(), nil)
	}
	obj, err := c.o.Cache.Get(ctx, key)
	if err == nil {
		c.o.Cache.Used(key)
		c.proofs.hit(f, key)
		return obj, Hit, r, nil
	}
	full := cache.NoRoom(err) // for what the bucket has
	if !full && !errors.Is(err, proxy.ErrNotFound) {
		return nil, "", r, err
	}
	if obj := c.spare.Get(key); obj != nil {
		return obj, Hit, r, nil
	}
	if c.o.Offline || r.Source == nil {
		if !full {
			err = c.absent(ctx, f)
		}
		return nil, "", r, err
	}
	if err := c.missed(f, key); err != nil {
		return nil, "", r, err
	}
	// A file that was filled may be gone again before it is opened: Collect has
	// little mercy where the budget is small. Once more, then.
	for range 2 {
		var out outcome
		out, err = c.files.do(ctx, key, func(ctx context.Context) (outcome, error) { return c.fetch(ctx, r, f) })
		if err != nil {
			return nil, "", r, err
		}
		obj, err = c.o.Cache.Get(ctx, key)
		if err != nil && out.path != "" {
			obj, err = out.open(key)
		} else if err != nil {
			if held := c.spare.Get(key); held != nil {
				obj, err = held, nil
			}
		}
		if err == nil {
			c.o.Cache.Used(key)
			return obj, Filled, r, nil
		}
	}
	return nil, "", r, proxy.Fail(proxy.ErrUnavailable, f.String(), err)
}

// route is who is asked for the file, or why nobody may have it.
func (c *Filler) route(f proxy.File) (*proxy.Route, error) {
	version := ""
	if f.Immutable() {
		version = f.Version
	}
	r := c.o.Routes.For(f.Module, version)
	switch {
	case r == nil:
		return nil, proxy.Fail(proxy.ErrNotFound, f.String(), msg.Errorf("no route serves this path", "没有路由提供该路径"))
	case r.Block != "":
		return r, proxy.Fail(proxy.ErrBlocked, f.String(), msg.Errorf("the reason given is: %s", "理由：%s", r.Block))
	}
	return r, nil
}

// absent is the answer where the cache is the whole world. That what it had is in
// quarantine does not mean that there is no such file.
func (c *Filler) absent(ctx context.Context, f proxy.File) error {
	if q, err := c.o.Cache.Aside(ctx, f.Path()); err == nil && f.Immutable() {
		return proxy.Fail(proxy.ErrContent, f.String(), msg.Errorf("what was here is in quarantine, and nobody else is asked: %s", "原有的文件已被隔离，且不会向其他来源请求：%s", q.Reason))
	}
	return proxy.Fail(proxy.ErrNotFound, f.String(), msg.Errorf("the cache does not have it, and nobody else is asked", "缓存中没有，且不会向其他来源请求"))
}

// missed is what is remembered about a file that was not there a moment ago.
func (c *Filler) missed(f proxy.File, key string) error {
	m, ok := c.misses.find(key, c.o.Now())
	switch {
	case !ok:
		return nil
	case m.err == nil:
		return proxy.Fail(proxy.ErrNotFound, f.String(), nil)
	}
	return m.err
}

// remember keeps a certain failure for a while.
func (c *Filler) remember(key string, err error) {
	switch {
	case errors.Is(err, proxy.ErrNotFound):
		c.misses.add(key, c.o.Now().Add(c.o.Absent), nil)
	case errors.Is(err, proxy.ErrContent):
		c.misses.add(key, c.o.Now().Add(c.o.Absent), err)
	}
}

// classed is the event of a failed request.
func classed(ctx context.Context, err error) What {
	switch {
	case ctx.Err() != nil:
		return Left
	case errors.Is(err, proxy.ErrBlocked):
		return Blocked
	case errors.Is(err, proxy.ErrContent):
		return Refused
	case errors.Is(err, proxy.ErrNotFound):
		return NotFound
	}
	return Unavailable
}

// sure gives an error of any kind a class: what is not certain is trouble.
func sure(f proxy.File, err error) error {
	for _, class := range []error{proxy.ErrContent, proxy.ErrBlocked, proxy.ErrUnavailable, proxy.ErrNotFound} {
		if errors.Is(err, class) {
			return proxy.Fail(class, f.String(), err)
		}
	}
	return proxy.Fail(proxy.ErrUnavailable, f.String(), err)
}
