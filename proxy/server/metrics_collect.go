package server

import (
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// described is a metric by its name, with what it means.
func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("yingzao_proxy_"+name, help, labels, nil)
}

// Describe says nothing: which metrics there are depends on what is composed.
func (m *metrics) Describe(chan<- *prometheus.Desc) {}

// Collect makes metrics of the counts.
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	counter := func(d *prometheus.Desc, n any, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n.(*atomic.Int64).Load()), labels...)
	}
	gauge := func(d *prometheus.Desc, n float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, n, labels...)
	}
	requests := described("requests_total", "Requests answered.", "kind", "status", "cache")
	m.requests.Range(func(k, n any) bool {
		key := k.(seenKey)
		counter(requests, n, key.kind, strconv.Itoa(key.status), key.cache)
		return true
	})
	sent := described("response_bytes_total", "Bytes of bodies sent.", "kind")
	m.sent.Range(func(k, n any) bool {
		counter(sent, n, k.(string))
		return true
	})
	events := described("fill_events_total", "What the filler did: hit, filled, stale, fetched, quarantined and so on.", "what", "kind")
	m.events.Range(func(k, n any) bool {
		counter(events, n, k.(eventKey).what, k.(eventKey).kind)
		return true
	})
	fetched := described("fetched_bytes_total", "Bytes brought from a source.", "source")
	m.fetched.Range(func(k, n any) bool {
		counter(fetched, n, k.(string))
		return true
	})
	gauge(described("inflight_requests", "Requests being answered."), float64(m.inflight.Load()))
	gauge(described("memory_bytes", "Finished answers kept in memory, about."), float64(m.s.hot.bytes.Load()))
	gauge(described("memory_entries", "Finished answers kept in memory."), float64(m.s.hot.count.Load()))
	if c := m.s.o.Cache; c != nil {
		free, full := c.Free()
		gauge(described("cache_bytes", "Bytes in the cache's directory."), float64(c.Usage()))
		gauge(described("cache_free_bytes", "Bytes that the cache's file system still has."), float64(free))
		gauge(described("cache_full", "1 when the last write failed for lack of room."), truth(full))
	}
	up := described("mirror_up", "1 when a mirror is asked, 0 when it is left alone.", "mirror", "state")
	latency := described("mirror_latency_seconds", "Moving average of the time to a mirror's first byte.", "mirror")
	success := described("mirror_success_ratio", "Moving average of a mirror's success.", "mirror")
	for _, x := range m.s.mirrors() {
		gauge(up, truth(x.State != mirrorDown), x.Name, x.State)
		gauge(latency, x.Latency.Seconds(), x.Name)
		gauge(success, x.Success, x.Name)
	}
	heads := described("sumdb_head_records", "Size of the signed tree that clients are answered with.", "database")
	for _, d := range m.s.heads() {
		gauge(heads, float64(d.Size), d.Name)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
