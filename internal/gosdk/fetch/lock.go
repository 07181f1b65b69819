package fetch

import (
	"context"
	"os"
	"time"

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
	for {
		file, err := tryLock(path)
		if err != nil {
			return nil, msg.Errorf("lock %s: %w", "锁定 %s：%w", path, err)
		}
		if file != nil {
			return func() { removeLocked(file) }, nil
		}
		select {
		case <-ctx.Done():
			return nil, msg.Errorf("wait for another process to fetch %s: %w", "等待另一进程下载 %s：%w", name, context.Cause(ctx))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// tryLock opens and locks the file; nil without an error when somebody else has it.
func tryLock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	locked, err := lockFile(file)
	if err == nil && locked && stillNamed(file) {
		return file, nil
	}
	_ = file.Close()
	return nil, err
}

// stillNamed reports whether the open file is the one under its name: whoever held
// the lock before may have removed it.
func stillNamed(f *os.File) bool {
	open, err1 := f.Stat()
	named, err2 := os.Lstat(f.Name())
	return err1 == nil && err2 == nil && os.SameFile(open, named)
}
