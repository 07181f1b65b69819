package mirrortest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// ProxyOptions say how the HTTP forward proxy behaves. The zero value lets
// everything through to where it says.
type ProxyOptions struct {
	Status int               // not 0: every request is refused with this status, e.g. 403 or 407
	Hosts  map[string]string // "host:port" asked for → "host:port" dialled; others go where they say
	Closed bool              // refuse (502) what is not in Hosts: no packet leaves the machine
}

// Proxy is an HTTP forward proxy on loopback that writes down where its
// clients wanted to go.
type Proxy struct {
	srv *httptest.Server
	o   ProxyOptions

	mu  sync.Mutex
	log []Request
}

// NewProxy starts a proxy that ends with the test.
func NewProxy(t testing.TB, o ProxyOptions) *Proxy {
	t.Helper()
	p := &Proxy{o: o}
	p.srv = httptest.NewUnstartedServer(p)
	p.srv.Config.ErrorLog = quiet
	p.srv.Start()
	t.Cleanup(func() {
		p.srv.CloseClientConnections()
		p.srv.Close()
	})
	return p
}

// URL is the value for HTTPS_PROXY and HTTP_PROXY.
func (p *Proxy) URL() string { return p.srv.URL }

// Requests is the log so far: CONNECT with the host and port, or the method of
// a plain request with its path. Auth says whether the client sent
// Proxy-Authorization.
func (p *Proxy) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Request(nil), p.log...)
}

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.log = append(p.log, Request{Method: r.Method, Host: r.Host, Path: r.URL.Path, Auth: r.Header.Get("Proxy-Authorization") != ""})
	p.mu.Unlock()
	addr := r.Host
	if r.Method != http.MethodConnect && !strings.Contains(addr, ":") {
		addr += ":80"
	}
	to, known := p.o.Hosts[addr]
	if !known {
		to = addr
	}
	switch {
	case p.o.Status != 0:
		if p.o.Status == http.StatusProxyAuthRequired {
			w.Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
		}
		http.Error(w, "refused by the proxy", p.o.Status)
	case p.o.Closed && !known:
		http.Error(w, "no way to "+addr, http.StatusBadGateway)
	case r.Method == http.MethodConnect:
		tunnel(w, to)
	default:
		target := *r.URL
		proxy := httputil.ReverseProxy{ErrorLog: quiet, Rewrite: func(pr *httputil.ProxyRequest) {
			pr.Out.URL = &url.URL{Scheme: "http", Host: to, Path: target.Path, RawPath: target.RawPath, RawQuery: target.RawQuery}
			pr.Out.Host = r.Host
		}}
		proxy.ServeHTTP(w, r)
	}
}

func tunnel(w http.ResponseWriter, to string) {
	far, err := net.Dial("tcp", to)
	if err != nil {
		http.Error(w, "no way", http.StatusBadGateway)
		return
	}
	near, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = far.Close()
		return
	}
	_, _ = io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].Close()
			_ = way[1].Close()
		})
	}
	both.Wait()
}
