package server

import (
	"context"
	"os"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// here tells whether a folder is still the one that it was when this was called. A
// cache goes on in the folder that it opened, where nothing can be kept any more
// once that was removed or another one mounted over it.
func here(dir string) (func(context.Context) error, error) {
	was, err := os.Stat(dir)
	return func(context.Context) error {
		now, err := os.Stat(dir)
		switch {
		case err != nil:
			return msg.Errorf("cache: %w", "缓存：%w", err)
		case !os.SameFile(was, now):
			return msg.Errorf("cache: %s is another folder than at the start", "缓存：%s 已不是启动时的目录", dir).WithHint("start the proxy again", "请重新启动代理")
		}
		return nil
	}, err
}
