package upstream

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// bubble runs a test in which time passes only while everybody waits: how long
// something takes is exact then, however slow the machine is. Its mirrors are in
// memory, since nobody knows whether somebody waits for a real socket.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

// network are the mirrors of a bubble, by host name; nobody listens at other names.
type network map[string]http.HandlerFunc

// pool makes a pool of the mirrors at hosts, without credentials or TLS.
func (n network) pool(t *testing.T, o Options, hosts ...string) *Pool {
	t.Helper()
	var urls []string
	for _, host := range hosts {
		urls = append(urls, "http://"+host)
	}
	p := pool(t, o, urls...)
	p.client.Transport = &http.Transport{DialContext: func(_ context.Context, _, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		h := n[host]
		if h == nil {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		}
		client, theirs := net.Pipe()
		l := make(dialled, 1)
		l <- theirs
		srv := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
		go func() { _ = srv.Serve(l) }()
		t.Cleanup(func() { _ = srv.Close() })
		return client, nil
	}}
	return p
}

// dialled is a listener to which one client comes.
type dialled chan net.Conn

func (l dialled) Accept() (net.Conn, error) {
	if c, ok := <-l; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (l dialled) Close() error   { close(l); return nil }
func (l dialled) Addr() net.Addr { return &net.TCPAddr{} }

// silent answers nobody.
func silent(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// reset breaks off before any answer.
func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// listing has one module, whose zip is the data.
func listing(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".zip") {
			good(w, r, data)
			return
		}
		_, _ = io.WriteString(w, "v1.0.0\n")
	}
}

// counted counts who came.
func counted(h http.HandlerFunc) (http.HandlerFunc, *atomic.Int64) {
	came := new(atomic.Int64)
	return func(w http.ResponseWriter, r *http.Request) { came.Add(1); h(w, r) }, came
}

// dripping sends a byte a second.
func dripping(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		for i := range data {
			if _, err := w.Write(data[i : i+1]); err != nil || http.NewResponseController(w).Flush() != nil {
				return
			}
			select {
			case <-time.After(time.Second):
			case <-r.Context().Done():
				return
			}
		}
	}
}

// late is a mirror that takes so long.
func late(d time.Duration, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(d):
			h(w, r)
		case <-r.Context().Done():
		}
	}
}
