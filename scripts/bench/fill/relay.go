package main

import (
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
)

// relay stands on loopback where the mirror is and counts what goes through.
type relay struct {
	server                *http.Server
	addr                  string
	requests, sums, bytes atomic.Int64
	dead                  atomic.Bool // connections are cut
}

func newRelay(upstream string) (*relay, error) {
	to, err := url.Parse(upstream)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{addr: l.Addr().String()}
	pass := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(to)
		p.Out.Header.Set("Accept-Encoding", "identity")
	}}
	r.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if r.dead.Load() {
			panic(http.ErrAbortHandler)
		}
		r.requests.Add(1)
		if strings.HasPrefix(q.URL.Path, "/sumdb/") {
			r.sums.Add(1)
		}
		pass.ServeHTTP(&counted{w, r}, q)
	})}
	go func() { _ = r.server.Serve(l) }()
	return r, nil
}

func (r *relay) url() string { return "http://" + r.addr }
func (r *relay) close()      { _ = r.server.Close() }

func (r *relay) reset() {
	r.requests.Store(0)
	r.sums.Store(0)
	r.bytes.Store(0)
}

// counted counts the bytes of bodies.
type counted struct {
	http.ResponseWriter
	r *relay
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.r.bytes.Add(int64(n))
	return n, err
}

func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }
