package httpx

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/http/httpproxy"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Options say how a client reaches its servers. The zero value goes there
// directly, trusts what the system trusts and has the default limits.
type Options struct {
	// Proxy chooses the HTTP, HTTPS or SOCKS5 proxy for a URL; a nil URL means
	// direct. nil = always direct.
	Proxy func(*url.URL) (*url.URL, error)
	// RootCAs are the authorities to trust; see [Pool]. nil = the system's.
	RootCAs *x509.CertPool
	// Connect limits one TCP connection including name resolution. 0 = 3 s.
	Connect time.Duration
	// TLSHandshake limits the handshake. 0 = 5 s.
	TLSHandshake time.Duration
	// FirstByte limits the time from the request written to the header of the
	// answer. 0 = 30 s.
	FirstByte time.Duration
	// Connections is how many requests at a time each have a connection of their
	// own, over HTTP/1.1, and how many are kept for the next ones. 0 = HTTP/2 where
	// the server has it, which puts all requests on one connection, and 16 kept.
	Connections int
	// MaxRedirects is at most 5, and larger values count as 5. 0 = 5; negative
	// = none, the redirect itself is the answer.
	MaxRedirects int
	// Guard is asked about every address before it is dialled, a proxy's
	// included. nil = every address is fine.
	Guard Guard
	// UserAgent of requests that have none. "" = "yingzao".
	UserAgent string
}

// MaxRedirects is how many redirects a client follows at most.
const MaxRedirects = 5

// New makes a client. The caller calls its CloseIdleConnections when done.
func New(o Options) *http.Client {
	dialer := o.dialer()
	t := &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return dialer.DialContext(context.WithValue(ctx, dialled{}, addr), network, addr)
		},
		TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    cmp.Or(o.TLSHandshake, 5*time.Second),
		ResponseHeaderTimeout:  cmp.Or(o.FirstByte, 30*time.Second),
		IdleConnTimeout:        30 * time.Second,
		MaxIdleConnsPerHost:    cmp.Or(o.Connections, 16),
		MaxResponseHeaderBytes: 256 << 10,
		ForceAttemptHTTP2:      o.Connections == 0,
		OnProxyConnectResponse: func(_ context.Context, proxy *url.URL, req *http.Request, resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return &ConnectError{Status: resp.StatusCode, Proxy: proxy.Host, Host: req.Host}
			}
			return nil
		},
	}
	if o.Proxy != nil {
		t.Proxy = func(r *http.Request) (*url.URL, error) { return o.Proxy(r.URL) }
	}
	return &http.Client{
		Transport:     &transport{Transport: t, agent: cmp.Or(o.UserAgent, "yingzao")},
		CheckRedirect: o.checkRedirect,
	}
}

// Dial opens one TCP connection under the same limits and the same guard as
// the client's own. network is "tcp", "tcp4" or "tcp6".
func Dial(ctx context.Context, o Options, network, addr string) (net.Conn, error) {
	return o.dialer().DialContext(context.WithValue(ctx, dialled{}, addr), network, addr)
}

// transport adds to each request what http.Transport has no field for. Its
// CloseIdleConnections is the embedded one.
type transport struct {
	*http.Transport
	agent string
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if r.Response != nil && r.Response.Request.URL.Host != r.URL.Host {
		ctx = context.WithValue(ctx, redirected{}, true)
	}
	r = r.Clone(ctx)
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", t.agent)
	}
	return t.Transport.RoundTrip(r)
}

// dialled and redirected are what the dialer's hook knows of the request: the
// host:port that was asked for, and whether a redirect led there.
type (
	dialled    struct{}
	redirected struct{}
)

func (o Options) dialer() *net.Dialer {
	return &net.Dialer{
		Timeout: cmp.Or(o.Connect, 3*time.Second),
		ControlContext: func(ctx context.Context, _, address string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			ap = netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
			host, _ := ctx.Value(dialled{}).(string)
			if ctx.Value(redirected{}) != nil && metadata(ap.Addr()) {
				return &GuardError{Host: host, Addr: ap.Addr()}
			}
			if o.Guard == nil {
				return nil
			}
			return o.Guard(host, ap)
		},
	}
}

// ConnectError is a proxy's refusal to open a tunnel.
type ConnectError struct {
	Status int    // the proxy's answer, e.g. 403 or 407
	Proxy  string // host:port of the proxy
	Host   string // host:port that was asked for
}

func (e *ConnectError) Error() string { return e.text().Error() }

// Unwrap returns the same statement in both languages.
func (e *ConnectError) Unwrap() error { return e.text() }

func (e *ConnectError) text() *msg.Error {
	return msg.Errorf("connect to %s through the proxy %s: the proxy answered %d", "经代理 %[2]s 连接 %[1]s：代理返回 %[3]d", e.Host, e.Proxy, e.Status)
}

// ProxyFromEnviron reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY (upper case
// first, then lower case; of several the last wins) from an environment in the
// form of os.Environ and chooses as the go command does: not for localhost,
// and HTTP_PROXY not inside a CGI program.
func ProxyFromEnviron(environ []string) func(*url.URL) (*url.URL, error) {
	env := map[string]string{}
	for _, kv := range environ {
		if k, v, ok := strings.Cut(kv, "="); ok {
			env[k] = v
		}
	}
	either := func(name string) string { return cmp.Or(env[name], env[strings.ToLower(name)]) }
	conf := httpproxy.Config{HTTPProxy: either("HTTP_PROXY"), HTTPSProxy: either("HTTPS_PROXY"), NoProxy: either("NO_PROXY"), CGI: env["REQUEST_METHOD"] != ""}
	return conf.ProxyFunc()
}

// Pool is the system's authorities and those in the PEM texts. It fails when a
// text holds no certificate.
func Pool(pems ...[]byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without a bundle still has the site's own
	}
	for _, text := range pems {
		if !pool.AppendCertsFromPEM(text) {
			return nil, msg.Errorf("read certificate authority: no certificate in PEM form", "读取证书颁发机构：其中没有 PEM 格式的证书")
		}
	}
	return pool, nil
}
