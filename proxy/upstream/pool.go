package upstream

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Options describe a pool. All but Mirrors may be zero.
type Options struct {
	// Name tells people and records which pool it is. "" = "mirrors".
	Name string
	// Mirrors are entries of GOPROXY, in the order of preference: http or https
	// URLs, over https with userinfo, or bare hosts, which get https://. At least
	// one; neither "direct" nor "off" nor file://.
	Mirrors []string
	// HTTP is how they are reached. Without a Guard in it, addresses inside the own
	// network are refused, unless a mirror or its HTTP proxy is written as such an
	// address, or AllowHosts or AllowNets name it.
	HTTP httpx.Options
	// AllowHosts are names or addresses, with or without a port, that may be inside
	// the own network: an intranet's mirror, an HTTP proxy known by name. nil = none.
	AllowHosts []string
	// AllowNets are such ranges of addresses. nil = none.
	AllowNets []netip.Prefix

	// Answer limits one small file from one mirror, as a whole. 0 = 10 s.
	Answer time.Duration
	// Begin is after which time without an answer for a zip the next mirror is asked
	// instead, where there is one; else HTTP.FirstByte counts. 0 = 5 s.
	Begin time.Duration
	// Stall is for how long a transfer may stay below 1 KiB/s. 0 = 30 s.
	Stall time.Duration
	// Rounds is how often in a row every mirror may be asked without anything to
	// show for it. 0 = 3.
	Rounds int
	// Rest is the time between two tries of a mirror that is left alone. 0 = 15 s.
	Rest time.Duration

	// Now is the clock. nil = time.Now.
	Now func() time.Time
	// Log is told when a mirror is left alone, comes back, or differs from another.
	// nil = nobody.
	Log *slog.Logger
}

// Pool is a pool of mirrors. Its methods may be called by several goroutines.
type Pool struct {
	o      Options
	client *http.Client
	nodes  []*node

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	mu   sync.Mutex // nothing is added to work once ctx has ended
	work sync.WaitGroup
}

var _ proxy.Source = (*Pool)(nil)

// New makes a pool; no mirror is asked yet. The caller closes it.
func New(o Options) (*Pool, error) {
	o.Name = cmp.Or(o.Name, "mirrors")
	o.Answer = cmp.Or(o.Answer, 10*time.Second)
	o.Begin = cmp.Or(o.Begin, 5*time.Second)
	o.Stall = cmp.Or(o.Stall, 30*time.Second)
	o.Rounds = cmp.Or(o.Rounds, 3)
	o.Rest = cmp.Or(o.Rest, 15*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	urls, err := entries(o.Mirrors)
	if err != nil {
		return nil, err
	}
	if o.HTTP.Guard == nil {
		o.HTTP.Guard = httpx.RefuseInternal(append(named(urls, o.HTTP.Proxy), o.AllowHosts...), o.AllowNets)
	}
	p := &Pool{o: o, client: httpx.New(o.HTTP)}
	for _, u := range urls {
		m, err := mirror.New(u.String(), p.client)
		if err != nil {
			return nil, err
		}
		n := &node{m: m, name: m.String(), now: o.Now}
		if slices.ContainsFunc(p.nodes, func(other *node) bool { return other.name == n.name }) {
			return nil, msg.Errorf("read mirrors: %s is there twice", "读取镜像列表：%s 出现了两次", n.name).WithKind(msg.Usage)
		}
		n.forget()
		p.nodes = append(p.nodes, n)
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	return p, nil
}

// Close ends what goes on in the background and waits for it. Calls that are under
// way end too.
func (p *Pool) Close() {
	p.mu.Lock()
	p.stop()
	p.mu.Unlock()
	p.work.Wait()
	p.client.CloseIdleConnections()
}

// spawn runs f beside everything else unless the pool is closed.
func (p *Pool) spawn(f func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		return false
	}
	p.work.Go(f)
	return true
}

// Name is the pool's.
func (p *Pool) Name() string { return p.o.Name }

// entries reads the list of mirrors.
func entries(list []string) ([]*url.URL, error) {
	if len(list) == 0 {
		return nil, msg.Errorf("read mirrors: there is none", "读取镜像列表：一个也没有").WithKind(msg.Usage)
	}
	var out []*url.URL
	for _, entry := range list {
		ps, err := goenv.ParseProxies(entry)
		if err == nil && (len(ps) != 1 || ps[0].Word != "" || ps[0].URL.Scheme == "file") {
			return nil, msg.Errorf("read mirrors: %q is not the URL of one mirror", "读取镜像列表：%q 不是单个镜像的地址", httpx.Redact(entry)).WithKind(msg.Usage)
		}
		if err != nil {
			return nil, msg.Errorf("read mirrors: %w", "读取镜像列表：%w", httpx.Error(err)).WithKind(msg.Usage)
		}
		out = append(out, ps[0].URL)
	}
	return out, nil
}

// named are the addresses that the administrator wrote down, as host:port: those
// of mirrors and of the HTTP proxies that lead to them. A name is not among them: what
// it resolves to is decided elsewhere.
func named(urls []*url.URL, proxyOf func(*url.URL) (*url.URL, error)) []string {
	var out []string
	add := func(u *url.URL) {
		if _, err := netip.ParseAddr(u.Hostname()); err != nil {
			return
		}
		port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme])
		out = append(out, net.JoinHostPort(u.Hostname(), port))
	}
	for _, u := range urls {
		add(u)
		if proxyOf == nil {
			continue
		}
		if via, err := proxyOf(u); err == nil && via != nil {
			add(via)
		}
	}
	return out
}
