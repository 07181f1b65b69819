package bucket

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
)

// host is the port of a server: HTTP, HTTPS and CONNECT on one address.
type host struct {
	ca      *authority
	ln      net.Listener
	inner   *handedConns // those that came by CONNECT
	srv     *http.Server
	closing sync.Once
	serving sync.WaitGroup // listeners
	working sync.WaitGroup // handlers
	mu      sync.Mutex
	closed  bool
	idle    []*http.Transport
}

func listen(h http.Handler, rate RateLimit) (*host, error) {
	ca, err := newAuthority()
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &host{ca: ca, inner: &handedConns{addr: ln.Addr(), conns: make(chan net.Conn), done: make(chan struct{})}}
	t.ln = &anyListener{Listener: ln, ca: ca, link: newLink(rate)}
	t.srv = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !t.begin() {
				panic(http.ErrAbortHandler)
			}
			defer t.working.Done()
			if r.Method == http.MethodConnect {
				t.tunnel(w)
				return
			}
			h.ServeHTTP(w, r)
		}),
		ErrorLog: log.New(io.Discard, "", 0),
	}
	for _, l := range []net.Listener{t.ln, t.inner} {
		t.serving.Go(func() { _ = t.srv.Serve(l) }) // it ends by close
	}
	return t, nil
}

func (t *host) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.working.Add(1)
	}
	return !t.closed
}

func (t *host) addr() string { return t.inner.addr.String() }

func (t *host) close() {
	t.closing.Do(func() {
		t.mu.Lock()
		t.closed = true
		idle := t.idle
		t.mu.Unlock()
		_ = t.srv.Close()
		t.serving.Wait()
		t.working.Wait()
		for _, tr := range idle {
			tr.CloseIdleConnections()
		}
	})
}

func (t *host) transport() *http.Transport {
	tr := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", t.addr())
		},
		TLSClientConfig:     &tls.Config{RootCAs: t.ca.pool(), MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: 64,
		DisableCompression:  true,
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.idle = append(t.idle, tr)
	return tr
}

// tunnel answers CONNECT and serves what comes through it.
func (t *host) tunnel(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection Established\r\n\r\n")); err != nil {
		_ = conn.Close()
		return
	}
	t.inner.hand(&anyConn{Conn: conn, ca: t.ca})
}

// handedConns is a listener whose connections are handed to it.
type handedConns struct {
	addr  net.Addr
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *handedConns) hand(c net.Conn) {
	select {
	case l.conns <- c:
	case <-l.done:
		_ = c.Close()
	}
}

func (l *handedConns) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *handedConns) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *handedConns) Addr() net.Addr { return l.addr }
