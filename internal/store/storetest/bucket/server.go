package bucket

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// Server is one bucket of one service on the loopback interface. It is safe for
// concurrent use.
type Server struct {
	o    Options
	host *host

	mu      sync.Mutex
	keys    map[string]Credential
	log     []*Request
	plan    []*armedFault
	struck  int
	objects map[string]*object
	uploads map[string]*upload
	serial  int
	sts     *STS
}

// New starts a server that ends with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatalf("start %s server: %v", o.Dialect, err)
	}
	t.Cleanup(s.Close)
	return s
}

// Start starts a server outside of a test, for benchmarks. The error is that of
// listening; Close ends it.
func Start(o Options) (*Server, error) {
	s := &Server{o: o.withDefaults(), keys: map[string]Credential{}, objects: map[string]*object{}, uploads: map[string]*upload{}}
	s.Grant(o.Keys...)
	h, err := listen(s, s.o.Rate)
	if err != nil {
		return nil, err
	}
	s.host = h
	return s, nil
}

// Close ends the server, its connections and what hangs on purpose. It may be
// called twice.
func (s *Server) Close() { s.host.close() }

// Grant makes keys known, in place of those with the same ID.
func (s *Server) Grant(keys ...Credential) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		s.keys[k.ID] = k
	}
}

// Revoke forgets keys.
func (s *Server) Revoke(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		delete(s.keys, id)
	}
}

func (s *Server) key(id string) (Credential, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.keys[id]
	return k, ok
}

// Bucket is the name of the bucket.
func (s *Server) Bucket() string { return s.o.Bucket }

// Endpoint is the host without the bucket.
func (s *Server) Endpoint() string { return s.o.Endpoint }

// BucketHost is the host of the bucket, virtual-host style.
func (s *Server) BucketHost() string { return s.o.Bucket + "." + s.o.Endpoint }

// BucketURL is the BucketHost with its scheme.
func (s *Server) BucketURL() string { return s.scheme() + "://" + s.BucketHost() }

// ObjectURL is where an object would be read, virtual-host style.
func (s *Server) ObjectURL(key string) string { return s.BucketURL() + "/" + uriEncode(key, true) }

func (s *Server) scheme() string {
	if s.o.TLS {
		return "https"
	}
	return "http"
}

// Addr is the address of the port: 127.0.0.1 and a number.
func (s *Server) Addr() string { return s.host.addr() }

// ProxyURL is for HTTP_PROXY and HTTPS_PROXY.
func (s *Server) ProxyURL() string { return "http://" + s.Addr() }

// DialContext connects to the server, whatever host is asked for.
func (s *Server) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "tcp", s.Addr())
}

// Transport returns a new transport that reaches the server under every host
// name and trusts its certificates. Its idle connections end with the server.
func (s *Server) Transport() *http.Transport { return s.host.transport() }

// Client is a client over a new Transport.
func (s *Server) Client() *http.Client { return &http.Client{Transport: s.Transport()} }

// CA is the certificate, in PEM, that signs those of every host name.
func (s *Server) CA() []byte { return slices.Clone(s.host.ca.pem) }

// RootCAs is a pool that holds CA.
func (s *Server) RootCAs() *x509.CertPool { return s.host.ca.pool() }

// Object is what the bucket holds under a key.
type Object struct {
	Key      string
	Content  []byte
	CRC64    string // decimal
	ETag     string // quoted, as in the header
	Header   http.Header
	Modified time.Time
	Parts    int // of a multipart object; 0 for a plain put
	Writes   int // how often the key was written, by put, copy or complete
}

// Objects returns what is visible in the bucket, by key.
func (s *Server) Objects() map[string]Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]Object{}
	for key, o := range s.objects {
		if o.gone {
			continue
		}
		all[key] = Object{
			Key: key, Content: slices.Clone(o.content()), CRC64: o.crcText(), ETag: o.etag, Header: o.header.Clone(),
			Modified: o.modified, Parts: o.parts, Writes: o.writes,
		}
	}
	return all
}

// PutObject puts an object into the bucket without a request.
func (s *Server) PutObject(key string, content []byte, header http.Header) {
	s.store(key, newObject(s.o.Dialect, receive(slices.Clone(content)), header.Clone(), s.o.Now()), false)
}

// Uploads returns the keys of unfinished uploads by their ID.
func (s *Server) Uploads() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]string{}
	for id, u := range s.uploads {
		all[id] = u.key
	}
	return all
}
