package probe

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// hop is an HTTP proxy, and what is asked for through it.
type hop struct {
	proxy  *url.URL
	target *url.URL // nil = nothing goes through it: it is only dialled
	places []int    // in n.Proxies: two variables often name one proxy
}

// planHops lists the proxies of the environment. A value that Go cannot read it
// ignores; the rules say so.
func (p *prober) planHops() {
	for _, v := range []struct{ name, value, scheme string }{
		{p.proxies.HTTPSName, p.proxies.HTTPS.Value, "https"},
		{p.proxies.HTTPName, p.proxies.HTTP.Value, "http"},
	} {
		u := goenv.ProxyAddress(v.value)
		if v.name == "" || u == nil || u.Host == "" {
			continue
		}
		place := len(p.n.Proxies)
		p.n.Proxies = append(p.n.Proxies, envcheck.HopProbe{Variable: v.name, Host: u.Host})
		target := p.throughHop(v.scheme)
		if place == 1 && p.hops[0].proxy.String() == u.String() && (target == nil || p.hops[0].target == nil) {
			p.hops[0].places = append(p.hops[0].places, place)
			if target != nil {
				p.hops[0].target = target
			}
			continue
		}
		p.hops = append(p.hops, hop{u, target, []int{place}})
	}
}

// throughHop is the first thing with the scheme that the go command would fetch
// through a proxy.
func (p *prober) throughHop(scheme string) *url.URL {
	var all []*url.URL
	for _, t := range p.targets {
		all = append(all, t.url)
	}
	for _, base := range p.direct {
		if u, err := url.Parse(base); err == nil {
			all = append(all, u)
		}
	}
	for _, u := range all {
		if via, err := p.proxies.For(u); err == nil && via != nil && u.Scheme == scheme {
			return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}
		}
	}
	return nil
}

func (p *prober) hopJobs() []func(context.Context) {
	var jobs []func(context.Context)
	for _, h := range p.hops {
		jobs = append(jobs, func(ctx context.Context) {
			class, err := p.askHop(ctx, h)
			detail := ""
			switch {
			case err != nil && ctx.Err() != nil:
				class = ""
				p.miss(ctx, "HTTP proxy "+h.proxy.Host)
			case class == "plain":
				detail = "the port speaks HTTP without TLS, although the address begins with https://"
			case err != nil:
				detail = httpx.Redact(inner(err).Error())
			}
			for _, i := range h.places {
				p.n.Proxies[i].Class, p.n.Proxies[i].Detail = class, detail
			}
		})
	}
	return jobs
}

// askHop asks a proxy for a tunnel. When a proxy that is said to speak TLS does
// not answer as one, it is asked again without: most do not say at once what they
// think of a TLS handshake.
func (p *prober) askHop(ctx context.Context, h hop) (string, error) {
	limited, cancel := context.WithTimeout(ctx, p.StepTimeout)
	defer cancel()
	err := p.tunnel(limited, h.proxy, h.target)
	class := hopWord(err)
	if class == "broken" {
		p.noteTLS(h.proxy.Host, mirror.ClassOf(proxyCause(err)))
	}
	if h.proxy.Scheme != "https" || class != "timeout" && class != "broken" {
		return class, err
	}
	plain := *h.proxy
	plain.Scheme = "http"
	var answered *httpx.ConnectError
	if again := p.tunnel(limited, &plain, h.target); h.target != nil && (again == nil || errors.As(again, &answered)) {
		return "plain", err
	}
	return class, err
}

// errThrough ends a request that has come through the proxy: the far end is the
// mirror's probe's business.
var errThrough = errors.New("the tunnel is open")

// tunnel asks the proxy for the target as the go command does. nil = it let us
// through.
func (p *prober) tunnel(ctx context.Context, proxy, target *url.URL) error {
	o := p.HTTP
	if target == nil {
		c, err := httpx.Dial(ctx, o, "tcp", address(proxy))
		if err != nil {
			return err
		}
		return c.Close()
	}
	o.Proxy = func(*url.URL) (*url.URL, error) { return proxy, nil }
	o.TLSHandshake, o.MaxRedirects = p.StepTimeout*2/5, -1
	client := httpx.New(o)
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// The handshake with the target begins when the tunnel stands; one with the
	// proxy itself comes before.
	var handshakes atomic.Int32
	last := int32(1)
	if proxy.Scheme == "https" {
		last = 2
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{TLSHandshakeStart: func() {
		if handshakes.Add(1) == last && target.Scheme == "https" {
			cancel(errThrough)
		}
	}})
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, target.String(), nil)
	if err != nil {
		return err
	}
	resp, err := httpx.Do(client, req)
	switch {
	case context.Cause(ctx) == errThrough: //nolint:errorlint // our own value
		if err == nil {
			_ = resp.Body.Close()
		}
		return nil
	case err != nil:
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode == http.StatusProxyAuthRequired {
		return &httpx.ConnectError{Status: resp.StatusCode, Proxy: proxy.Host, Host: target.Host}
	}
	return nil
}

// address is the host:port that Go dials for a proxy.
func address(proxy *url.URL) string {
	port := proxy.Port()
	if port == "" {
		port = map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[proxy.Scheme]
	}
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(proxy.Hostname(), port)
}

// hopWord is the word for how a proxy failed.
func hopWord(err error) string {
	var refused *httpx.ConnectError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &refused) && refused.Status == http.StatusProxyAuthRequired:
		return "auth"
	case errors.As(err, &refused) && refused.Status < 500:
		return "denied"
	}
	switch mirror.ClassOf(proxyCause(err)) {
	case mirror.DNS:
		return "dns"
	case mirror.Refused, mirror.Unreachable:
		return "refused"
	case mirror.Timeout:
		return "timeout"
	case mirror.TLSPlain:
		return "plain"
	}
	return "broken"
}

// proxyCause is what went wrong between us and the proxy.
func proxyCause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "proxyconnect" {
		return op.Err
	}
	return err
}

// inner drops net/http's mention of the URL.
func inner(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
