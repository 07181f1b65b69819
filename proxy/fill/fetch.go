package fill

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// outcome is what a fetch left. Mostly the file is in the cache then; when it is
// good but could not be put there, path is where it lies.
type outcome struct {
	path, h1 string
	kind     proxy.Kind
}

// open opens what could not be put into the cache.
func (o outcome) open(key string) (*cache.Object, error) {
	file, err := os.Open(o.path)
	if err != nil {
		return nil, err
	}
	fi, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &cache.Object{File: file, Key: key, Size: fi.Size(), Modified: fi.ModTime(), ETag: o.etag(fi.Size()), Passing: true}, nil
}

// etag is the one that the file will have in the cache; "" for a go.mod, whose is
// made of its content.
func (o outcome) etag(size int64) string {
	if o.kind != proxy.Zip {
		return ""
	}
	return cache.ZipTag(o.h1, size)
}

// fetch brings one file into the cache. A certain failure is remembered.
func (c *Filler) fetch(ctx context.Context, r *proxy.Route, f proxy.File) (out outcome, err error) {
	defer func() {
		if v := recover(); v != nil { // one bad file must not end everybody's proxy
			err = msg.Errorf("%w: %s", "%w：内部错误 %s", proxy.ErrUnavailable, fmt.Sprint(v))
			c.o.Log.Error("fill panicked", "file", f.String(), "panic", fmt.Sprint(v))
		}
		if err != nil {
			err = sure(f, err)
			c.remember(f.Path(), err)
		} else {
			c.misses.forget(f.Path())
		}
	}()
	if f.Kind == proxy.Info {
		return outcome{}, c.fetchInfo(ctx, r, f)
	}
	out, err = (&job{Filler: c, route: r, file: f, key: f.Path()}).run(ctx)
	if errors.Is(err, store.ErrExists) { // somebody was faster
		return outcome{}, nil
	}
	return out, err
}
