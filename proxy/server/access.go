package server

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// The words of the cache column.
const (
	fromMemory   = "memory"
	fromCache    = "hit"
	fromSource   = "miss"
	fromStale    = "stale"
	fromRedirect = "redirect"
	fromNowhere  = "none"
)

// visit is what there is to say about one request.
type visit struct {
	start  time.Time
	who    asker
	name   string // of the token's holder
	kind   string
	cache  string
	file   proxy.File
	route  *proxy.Route
	status int
	bytes  int64
	failed msg.Text // why, for who looks after the proxy
}

// kept is a public path, not longer than is good for a log.
func kept(path string) string {
	if len(path) > 500 {
		return path[:500] + "…"
	}
	return path
}

// report writes the line and counts.
func (s *Server) report(r *http.Request, v *visit) {
	took := time.Since(v.start)
	s.count.seen(v, took)
	if v.status == http.StatusForbidden || v.status == http.StatusUnauthorized {
		s.denials.add(denial{Time: v.start, Client: v.who.addr, Name: v.name, Path: kept(r.URL.Path), Status: v.status, Why: said{v.failed}})
	}
	s.flight.slow(took)
	if s.o.Access == nil {
		return
	}
	route := ""
	if v.route != nil {
		route = v.route.Name
	}
	attrs := [...]slog.Attr{
		slog.String("client", v.who.addr.String()), slog.String("token", v.name),
		slog.String("method", r.Method), slog.String("path", kept(r.URL.Path)),
		slog.Int("status", v.status), slog.Int64("bytes", v.bytes),
		slog.Float64("ms", float64(took.Microseconds())/1e3), slog.String("cache", v.cache),
		slog.String("route", route), slog.String("module", v.file.Module), slog.String("version", v.file.Version),
		slog.String("error", v.failed.EN),
	}
	n := len(attrs)
	if v.failed.IsZero() {
		n--
	}
	s.o.Access.LogAttrs(context.Background(), slog.LevelInfo, "request", attrs[:n]...)
}

// denial is somebody who did not get something.
type denial struct {
	Time   time.Time  `json:"time"`
	Client netip.Addr `json:"client"`
	Name   string     `json:"token,omitempty"`
	Path   string     `json:"path"`
	Status int        `json:"status"`
	Why    said       `json:"why"`
}

// said is a sentence for people; in JSON it is its English half.
type said struct{ msg.Text }

// MarshalText is [encoding.TextMarshaler]'s.
func (s said) MarshalText() ([]byte, error) { return []byte(s.EN), nil }

// UnmarshalText is [encoding.TextUnmarshaler]'s.
func (s *said) UnmarshalText(b []byte) error {
	s.Text = msg.Text{EN: string(b)}
	return nil
}

// denials are the latest of them.
type denials struct {
	mu   sync.Mutex
	ring [50]denial
	n    int
}

func (d *denials) add(x denial) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ring[d.n%len(d.ring)] = x
	d.n++
}

// latest are they, newest first.
func (d *denials) latest() []denial {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]denial, 0, len(d.ring))
	for i := d.n - 1; i >= 0 && i > d.n-1-len(d.ring); i-- {
		out = append(out, d.ring[i%len(d.ring)])
	}
	return out
}

// lazyWriter writes in larger pieces, and at the latest a second after the first
// byte of one: a system call for each line of an access log would cost as much as
// the answer.
type lazyWriter struct {
	mu    sync.Mutex
	buf   *bufio.Writer
	timer *time.Timer
	due   bool
}

func newLazyWriter(w io.Writer) *lazyWriter {
	l := &lazyWriter{buf: bufio.NewWriterSize(w, 64<<10)}
	l.timer = time.AfterFunc(time.Hour, func() { _ = l.Flush() })
	l.timer.Stop()
	return l
}

func (l *lazyWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.due {
		l.due = true
		l.timer.Reset(time.Second)
	}
	return l.buf.Write(p)
}

// Flush writes what waits.
func (l *lazyWriter) Flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.due = false
	l.timer.Stop()
	return l.buf.Flush()
}
