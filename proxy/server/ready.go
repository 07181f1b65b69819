package server

import (
	"context"
	"errors"
	"net"
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

// listen opens a port; flag is the one that says which.
func listen(addr, flag string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err == nil {
		return l, nil
	}
	e := msg.Errorf("listen on %s: %w", "监听 %s：%w", addr, err)
	var bad *net.AddrError
	var name *net.DNSError
	if errors.As(err, &bad) || errors.As(err, &name) {
		return nil, e.WithKind(msg.Usage).WithHint("write %s host:port: 127.0.0.1:8081, or :8081 for all interfaces", "请写 %s 主机:端口，例如 127.0.0.1:8081；:8081 表示所有网卡", flag)
	}
	return nil, e.WithHint("another program may have the port; %s takes another one", "端口可能已被占用；可用 %s 换一个", flag)
}
