package bundle

import (
	"context"

	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// c2 is a cache and nothing behind it.
type c2 struct{ c *cache.Cache }

func (c c2) Get(ctx context.Context, f proxy.File) (*cache.Object, error) {
	return c.c.Get(ctx, f.Path())
}
