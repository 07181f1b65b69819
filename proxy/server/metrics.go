package server

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/yingzao-dev/yingzao/proxy/fill"
)

// kinds are what a request may be, as metrics and the access log name it.
var kinds = []string{"list", "latest", "info", "mod", "zip", "sumdb", "dl", "page", "healthz", "invalid", "other"}

// metrics are the counts, for Prometheus and for the status page. Counting is an
// addition; names and labels are made when somebody looks.
type metrics struct {
	s        *Server
	registry *prometheus.Registry
	inflight atomic.Int64
	requests sync.Map // seenKey → *atomic.Int64
	sent     sync.Map // kind → *atomic.Int64, bytes
	events   sync.Map // eventKey → *atomic.Int64
	fetched  sync.Map // who sent it → *atomic.Int64, bytes
	took     map[string]prometheus.Histogram
}

type seenKey struct {
	kind, cache string
	status      int
}

type eventKey struct{ what, kind string }

func newMetrics(s *Server) *metrics {
	m := &metrics{s: s, registry: prometheus.NewRegistry(), took: map[string]prometheus.Histogram{}}
	for _, kind := range kinds {
		m.took[kind] = prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "yingzao_proxy_request_seconds", Help: "Time to answer a request.",
			ConstLabels: prometheus.Labels{"kind": kind}, Buckets: []float64{.0001, .001, .01, .1, 1, 10, 60},
		})
		m.registry.MustRegister(m.took[kind])
	}
	m.registry.MustRegister(m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// add adds to a counter of a map of them.
func add[K comparable](m *sync.Map, key K, n int64) {
	c, ok := m.Load(key)
	if !ok {
		c, _ = m.LoadOrStore(key, new(atomic.Int64))
	}
	c.(*atomic.Int64).Add(n)
}

// seen counts a request.
func (m *metrics) seen(v *visit, took time.Duration) {
	add(&m.sent, v.kind, v.bytes)
	if h := m.took[v.kind]; h != nil {
		h.Observe(took.Seconds())
	}
	add(&m.requests, seenKey{v.kind, v.cache, v.status}, 1) // last: a request that is counted is counted everywhere
}

// Observe counts what a filler tells.
func (m *metrics) Observe(e fill.Event) {
	add(&m.events, eventKey{string(e.What), string(e.File.Kind)}, 1)
	if e.What == fill.Fetched {
		for _, p := range e.Pieces {
			add(&m.fetched, p.From, p.Bytes)
		}
	}
}

// totals are what the status page shows.
type totals struct {
	Requests int64 `json:"requests"`
	Memory   int64 `json:"memory"`
	Hits     int64 `json:"hits"`
	Misses   int64 `json:"misses"`
	Stale    int64 `json:"stale"`
	Denied   int64 `json:"denied"`  // 401 and 403
	Trouble  int64 `json:"trouble"` // 5xx
	Bytes    int64 `json:"bytes"`
}

// Ratio is the share of answers that needed no network, in percent; -1 when there
// were none.
func (t totals) Ratio() int64 {
	near := t.Memory + t.Hits + t.Stale
	if near+t.Misses == 0 {
		return -1
	}
	return near * 100 / (near + t.Misses)
}

func (m *metrics) totals() (t totals) {
	m.requests.Range(func(k, c any) bool {
		key, n := k.(seenKey), c.(*atomic.Int64).Load()
		t.Requests += n
		switch {
		case key.status == 401 || key.status == 403:
			t.Denied += n
			return true
		case key.status >= 500:
			t.Trouble += n
			return true
		case key.status >= 400:
			return true
		}
		switch key.cache {
		case fromMemory:
			t.Memory += n
		case fromCache, fromRedirect:
			t.Hits += n
		case fromSource:
			t.Misses += n
		case fromStale:
			t.Stale += n
		}
		return true
	})
	m.sent.Range(func(_, c any) bool {
		t.Bytes += c.(*atomic.Int64).Load()
		return true
	})
	return t
}

func (m *metrics) event(what fill.What) (n int64) {
	m.events.Range(func(k, c any) bool {
		if k.(eventKey).what == string(what) {
			n += c.(*atomic.Int64).Load()
		}
		return true
	})
	return n
}
