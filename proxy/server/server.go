package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/fill"
)

// Files answers for the module protocol: a *fill.Filler.
type Files interface {
	// Get opens an immutable file, fetched when it is not there.
	Get(ctx context.Context, f proxy.File) (*cache.Object, error)
	// Text is the body of a list, @latest or a query's .info.
	Text(ctx context.Context, f proxy.File) (fill.Answer, error)
}

// Database answers below /sumdb/<name>: a *sumdb.DB. The path begins with
// /supported, /latest, /lookup/ or /tile/.
type Database interface {
	Answer(ctx context.Context, path string) (body []byte, immutable bool, err error)
	// Head is the size of the signed tree and since when it is the site's.
	Head() (size int64, since time.Time)
}

// Archives answers below /dl: a *dl.Archives.
type Archives interface {
	// Get opens an archive by its file name.
	Get(ctx context.Context, name string) (*cache.Object, error)
	// List is the JSON of what is at hand, in the form of go.dev/dl/?mode=json.
	List(ctx context.Context) ([]byte, error)
}

// Redirect says which large files clients get from the bucket itself.
type Redirect struct {
	// To makes the URLs; nil = nothing is redirected. An error of it means that the
	// client gets the file from here; [store.ErrNotFound] is not worth a word.
	To store.Presigner
	// MinSize in bytes; 0 = 8 MiB.
	MinSize int64
	// Clients are the networks that can reach the bucket. Others are never
	// redirected. What a client's address is, Fronts decide.
	Clients []netip.Prefix
	// Valid is how long a URL is good for; 0 = 15 min.
	Valid time.Duration
}

// Options describe a server. Only Files is needed.
type Options struct {
	Files Files
	// Cache is asked alone for clients that say Disable-Module-Fetch, and told of
	// uses. nil = such clients get 404.
	Cache *cache.Cache
	// Routes say who may have what; nil = everybody everything.
	Routes proxy.Routes
	// Databases by the name in the URL; nil = none.
	Databases map[string]Database
	// Archives below /dl; nil = 404.
	Archives Archives
	// Tokens are who may use the proxy at all, by the name of whoever holds one;
	// holders of a route's token may too. nil = everybody.
	Tokens map[string]proxy.TokenHash
	// Fronts are addresses of servers that end TLS before this one; what they say
	// in X-Forwarded-For and X-Forwarded-Proto is believed. nil = none.
	Fronts []netip.Prefix
	// Memory limits what is kept as finished answers, in bytes. 0 = 64 MiB,
	// negative = nothing.
	Memory int64
	// Redirect of large files to the bucket.
	Redirect Redirect
	// Mirrors tells how the mirrors are; nil = there are none.
	Mirrors func() []Mirror
	// Ready reports why the proxy cannot do its work; nil = it always can.
	Ready func(ctx context.Context) error
	// Token is the SHA-256 of the diagnostics' token; nil = no diagnostics.
	Token *proxy.TokenHash
	// Version of the program, for the pages; "" = not shown.
	Version string
	// Access gets one line a request; nil = none.
	Access *slog.Logger
	// Log gets what an operator wants to know; nil = nothing.
	Log *slog.Logger
}

// Mirror is how a mirror is, for the status page and the metrics.
type Mirror struct {
	Name    string        `json:"name"` // without secrets
	State   string        `json:"state"`
	Latency time.Duration `json:"latency_ns"`
	Success float64       `json:"success"` // 0 to 1
	Error   string        `json:"error,omitempty"`
	Since   time.Time     `json:"since,omitzero"`
}

// Percent is the success, 0 to 100.
func (m Mirror) Percent() int64 { return int64(m.Success*100 + 0.5) }

// Server is the proxy's HTTP. It holds no goroutines before Run.
type Server struct {
	o        Options
	log      *slog.Logger
	hot      *hot
	gate     *gate
	count    *metrics
	denials  denials
	started  time.Time
	draining atomic.Bool
	pages    pages
	flight   *flight                     // nil = off
	finish   func(context.Context) error // ends what Open made; nil = nothing
	closing  sync.Once
	again    []*renewed // what Serve reads again when its files change
	// prove settles what an earlier run handed out unproven; nil = nothing is.
	prove func(ctx context.Context, prefix string) (settled, waiting int, err error)
}

// New makes a server of parts that the caller keeps.
func New(o Options) *Server {
	s := &Server{o: o, log: o.Log, started: time.Now(), pages: newPages()}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.hot = newHot(o.Memory)
	s.gate = newGate(o.Tokens, o.Routes, o.Fronts)
	s.count = newMetrics(s)
	return s
}

// Public is the side for clients.
func (s *Server) Public() http.Handler { return (*public)(s) }
