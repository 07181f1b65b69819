package fetch

import (
	"context"
	"errors"
	"os"

	"github.com/yingzao-dev/yingzao/internal/filelock"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var errNoCache = msg.Errorf("keep Go SDK: no cache folder is given", "保存 Go SDK：未指定缓存目录").WithKind(msg.Usage)

// lock waits until this process alone works on a name of our cache, and returns
// what ends that. The kernel ends it too, when the process dies.
func (f *finder) lock(ctx context.Context, name string) (unlock func(), err error) {
	if f.o.Cache == "" {
		return nil, errNoCache
	}
	if err := os.MkdirAll(f.o.Cache, 0o700); err != nil {
		return nil, msg.Errorf("make cache folder: %w", "创建缓存目录：%w", err)
	}
	path := f.cached(name + ".lock")
	l, err := filelock.Wait(ctx, path)
	switch {
	case err == nil:
		return func() { _ = l.Remove() }, nil
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		return nil, msg.Errorf("wait for another process to fetch %s: %w", "等待另一进程下载 %s：%w", name, err)
	}
	return nil, msg.Errorf("lock %s: %w", "锁定 %s：%w", path, err)
}
