package mirrortest

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options say what the mirror holds. The zero value is an empty mirror without
// a checksum database, over plain HTTP.
type Options struct {
	Modules Modules
	SumDB   string // name of the checksum database, e.g. "sum.mirror.test"; "" = none
	// Logged are modules, path@version, that the database knows and the mirror does
	// not hold, with the h1 of their zip.
	Logged map[string]string
	Delay  time.Duration // how late the mode Slow answers; 0 = 15 s
	Tick   time.Duration // time between two bytes in the mode Drip; 0 = 1 s
	Skew   time.Duration // added to the Date header
	TLS    TLS           // "" = plain HTTP
}

// Request is one line of the log.
type Request struct {
	Method string
	Host   string // the Host header
	Path   string // with the mode; upper case as the module protocol escapes it (!x), no query
	Auth   bool   // whether an Authorization header came; never its value
	Range  string // the Range header
	Bytes  int64  // of the body, sent so far
}

// Server is a mirror that listens. Its methods may be called at any time and
// by several goroutines.
type Server struct {
	delay, tick time.Duration
	modules     []*built
	db          *database
	ca          []byte
	main, other *httptest.Server

	mu  sync.Mutex
	log []*Request
}

// New starts a server that ends with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// Start starts a server; the caller closes it.
func Start(o Options) (*Server, error) {
	s := &Server{delay: o.Delay, tick: o.Tick}
	if s.delay == 0 {
		s.delay = 15 * time.Second
	}
	if s.tick == 0 {
		s.tick = time.Second
	}
	var err error
	if s.modules, err = build(o.Modules); err != nil {
		return nil, fmt.Errorf("mirrortest: %w", err)
	}
	if o.SumDB != "" {
		if s.db, err = newDatabase(o.SumDB, append(s.modules, logged(o.Logged)...)); err != nil {
			return nil, fmt.Errorf("mirrortest: %w", err)
		}
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := s.record(r)
		w = &countingWriter{ResponseWriter: w, s: s, line: line}
		if o.Skew != 0 {
			w.Header().Set("Date", time.Now().Add(o.Skew).UTC().Format(http.TimeFormat))
		}
		s.route(w, r)
	})
	conf, ca, err := o.TLS.config()
	if err != nil {
		return nil, fmt.Errorf("mirrortest: %w", err)
	}
	s.ca = ca
	start := func() *httptest.Server {
		srv := httptest.NewUnstartedServer(h)
		srv.Config.ErrorLog = quiet
		if conf == nil {
			srv.Start()
			return srv
		}
		srv.TLS = conf.Clone()
		srv.StartTLS()
		return srv
	}
	s.main, s.other = start(), start()
	return s, nil
}

// Close ends the server and everything it is still answering.
func (s *Server) Close() {
	for _, srv := range []*httptest.Server{s.main, s.other} {
		srv.CloseClientConnections()
		srv.Close()
	}
}

// URL is the GOPROXY entry for the mode, without a trailing slash.
func (s *Server) URL(m Mode) string { return s.main.URL + "/" + string(m) }

// Addr is the host:port that the server listens on.
func (s *Server) Addr() string { return s.main.Listener.Addr().(*net.TCPAddr).String() }

// OtherURL is a second host of the same server, the target of redirects to
// elsewhere. Its requests are in the same log.
func (s *Server) OtherURL() string { return s.other.URL }

// SumDBKey is the verifier key of the checksum database, a valid GOSUMDB; ""
// without a database.
func (s *Server) SumDBKey() string {
	if s.db == nil {
		return ""
	}
	return s.db.verifier
}

// SumDBURL is the database itself, for GOSUMDB="<key> <url>".
func (s *Server) SumDBURL() string { return s.main.URL + "/sumdb-direct" }

// CA is the certificate, PEM, that makes a client trust the server; nil
// without TLS.
func (s *Server) CA() []byte { return s.ca }

// Sums are the go.sum hashes of the zip and of the go.mod of a module that the
// server holds, as the well-behaved modes serve it; "" for another.
func (s *Server) Sums(path, version string) (zip, mod string) {
	for _, b := range s.modules {
		if b.Path == path && b.Version.Version == version {
			return b.zipSum, b.modSum
		}
	}
	return "", ""
}

// Requests is the log so far, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Request, len(s.log))
	for i, r := range s.log {
		out[i] = *r
	}
	return out
}

// Forget empties the log.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

func (s *Server) record(r *http.Request) *Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := &Request{Method: r.Method, Host: r.Host, Path: r.URL.Path, Auth: r.Header.Get("Authorization") != "", Range: r.Header.Get("Range")}
	s.log = append(s.log, line)
	return line
}

// countingWriter notes in the log what went out.
type countingWriter struct {
	http.ResponseWriter
	s    *Server
	line *Request
}

// Unwrap is for http.ResponseController.
func (c *countingWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Write counts before the client can have it: whoever has got everything finds
// everything counted.
func (c *countingWriter) Write(p []byte) (int, error) {
	c.add(len(p))
	n, err := c.ResponseWriter.Write(p)
	c.add(n - len(p))
	return n, err
}

func (c *countingWriter) add(n int) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.line.Bytes += int64(n)
}

func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	mode, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case mode == "login" && rest == "":
		loginPage(w)
	case mode == "sumdb-direct" && s.db != nil:
		serveBelow(s.db.honest, w, r, "/"+rest)
	default:
		s.serve(w, r, Mode(mode), rest)
	}
}
