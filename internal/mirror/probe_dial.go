package mirror

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func systemLookup(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// dialBoth opens a connection to the first address of either family at the
// same time. The go command tries IPv6 first; where that leads nowhere every
// request begins with a delay or fails.
func (p *prober) dialBoth(ctx context.Context, s *Step) error {
	if p.proxied() {
		s.Detail = msg.Textf("an HTTP proxy stands in between", "中间有 HTTP 代理")
		return errSkip
	}
	host := p.m.base.Hostname()
	addrs, err := p.LookupIP(ctx, host)
	if err != nil {
		return p.m.fail("", nil, err)
	}
	var first [2]netip.Addr // IPv4, IPv6
	for _, a := range addrs {
		a = a.Unmap()
		family := 0
		if a.Is6() {
			family = 1
		}
		if !first[family].IsValid() {
			first[family] = a
		}
	}
	if !first[0].IsValid() || !first[1].IsValid() {
		s.Detail = msg.Textf("%s has addresses of one family only", "%s 只有一种地址族的地址", host)
		return errSkip
	}
	port := p.m.base.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[p.m.base.Scheme]
	}
	var (
		took [2]time.Duration
		errs [2]error
		both sync.WaitGroup
	)
	for i, a := range first {
		both.Go(func() {
			begin := time.Now()
			c, err := httpx.Dial(ctx, p.HTTP, "tcp", net.JoinHostPort(a.String(), port))
			if took[i], errs[i] = time.Since(begin), err; err == nil {
				_ = c.Close()
			}
		})
	}
	both.Wait()
	noteHosts(ctx, []string{p.m.base.Host})
	switch {
	case errs[0] == nil && errs[1] == nil:
		s.Detail = msg.Textf("IPv4 in %v, IPv6 in %v", "IPv4 耗时 %v，IPv6 耗时 %v", took[0].Round(time.Millisecond), took[1].Round(time.Millisecond))
		return nil
	case errs[0] == nil:
		return p.m.failAs(IPv6, "", nil, msg.Errorf("IPv6 fails where IPv4 answers in %v: %w", "IPv4 在 %v 内连通，而 IPv6 失败：%w", took[0].Round(time.Millisecond), errs[1]))
	case errs[1] == nil:
		s.Detail = msg.Textf("only IPv6 answers, in %v", "只有 IPv6 连通，耗时 %v", took[1].Round(time.Millisecond))
		return nil
	}
	return p.m.fail("", nil, errs[0])
}
