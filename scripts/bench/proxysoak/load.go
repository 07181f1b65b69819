package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/module"
)

// load asks, and remembers what was answered.
type load struct {
	w     *world
	base  string
	o     options
	asked atomic.Int64

	mu     sync.Mutex
	counts map[string]int64
	first  map[string][32]byte // of what never changes: the first answer
	bad    []string
}

func newLoad(w *world, base string, o options) *load {
	return &load{w: w, base: base, o: o, counts: map[string]int64{}, first: map[string][32]byte{}}
}

// run asks until ctx ends; enough ends it when there were enough requests.
func (l *load) run(ctx context.Context, enough func()) {
	var all sync.WaitGroup
	for n := range l.o.clients {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(n), 7))
			zipf := rand.NewZipf(r, 1.15, 6, uint64(len(l.w.ids)-1))
			tr := &http.Transport{MaxIdleConnsPerHost: 2, DisableCompression: true}
			defer tr.CloseIdleConnections()
			c := &http.Client{Transport: tr, Timeout: 2 * time.Minute}
			for ctx.Err() == nil {
				l.one(ctx, c, r, zipf)
				if n := l.asked.Add(1); l.o.requests > 0 && n >= l.o.requests {
					enough()
				}
				if l.o.rate > 0 {
					select {
					case <-ctx.Done():
					case <-time.After(time.Duration(float64(time.Second) * float64(l.o.clients) / float64(l.o.rate) * (0.5 + r.Float64()))):
					}
				}
				if r.IntN(200) == 0 {
					tr.CloseIdleConnections()
				}
			}
		})
	}
	all.Wait()
}

// question is a path, and whether its answer never changes.
func (l *load) question(r *rand.Rand, zipf *rand.Zipf) (path, kind string, same bool) {
	id, version, _ := strings.Cut(l.w.ids[zipf.Uint64()], "@")
	escaped, _ := module.EscapePath(id)
	at := "/" + escaped + "/@v/" + version
	switch n := r.IntN(100); {
	case n < 20:
		return at + ".info", "info", true
	case n < 45:
		return at + ".mod", "mod", true
	case n < 65:
		return at + ".zip", "zip", true
	case n < 72:
		return "/" + escaped + "/@v/list", "list", false
	case n < 76:
		return "/" + escaped + "/@latest", "latest", false
	case n < 80:
		return "/" + escaped + "/@v/v1.info", "query", false
	case n < 86:
		return fmt.Sprintf("/example.com/nobody/x%d/@v/list", r.IntN(1<<30)), "unknown", false
	case n < 90:
		return at + fmt.Sprintf("%d.mod", r.IntN(1<<20)), "unknown version", false
	case n < 91:
		return "/..%2f..%2fetc/passwd", "bad path", false
	case n < 97:
		return "/sumdb/" + sumName + "/lookup/" + escaped + "@" + version, "lookup", false
	case n < 98:
		return "/sumdb/" + sumName + "/latest", "head", false
	default:
		return "/sumdb/" + sumName + fmt.Sprintf("/tile/8/0/%03d", r.IntN(len(l.w.ids)/256)), "tile", true
	}
}

func (l *load) one(ctx context.Context, c *http.Client, r *rand.Rand, zipf *rand.Zipf) {
	path, kind, same := l.question(r, zipf)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	leaves := r.IntN(50) == 0
	if leaves {
		t := time.AfterFunc(time.Duration(r.IntN(20))*time.Millisecond, cancel)
		defer t.Stop()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.base+path, nil)
	if err != nil {
		return
	}
	part := r.IntN(40) == 0
	if part {
		req.Header.Set("Range", "bytes=10-99")
	}
	resp, err := c.Do(req)
	what := "no answer"
	var sum [32]byte
	if err == nil {
		h := sha256.New()
		_, err = io.Copy(h, resp.Body)
		resp.Body.Close()
		what = fmt.Sprint(resp.StatusCode)
		h.Sum(sum[:0])
	}
	if err != nil {
		what = "broken"
		if leaves {
			what = "left"
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil && !leaves {
		return // it is over
	}
	l.counts[kind+" "+what]++
	switch {
	case err != nil && !leaves:
		l.bad = append(l.bad, fmt.Sprintf("%s: %v", path, err))
	case err == nil && same && !part && resp.StatusCode == http.StatusOK:
		if old, ok := l.first[path]; ok && old != sum {
			l.bad = append(l.bad, path+": another answer than before")
		}
		l.first[path] = sum
	}
}

func (l *load) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "%d requests:", l.asked.Load())
	for _, k := range slices.Sorted(maps.Keys(l.counts)) {
		fmt.Fprintf(&b, " %s ×%d,", k, l.counts[k])
	}
	return strings.TrimSuffix(b.String(), ",")
}

func (l *load) wrong() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.bad) > 10 {
		return append(l.bad[:10:10], fmt.Sprintf("and %d more", len(l.bad)-10))
	}
	return l.bad
}
