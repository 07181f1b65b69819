package server

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
)

const (
	defaultMemory = 64 << 20 // bytes
	hotText       = 64 << 10 // the largest answer that is kept, in bytes
	hotZip        = 1 << 20  // the same for zips
	hotOverhead   = 1 << 10  // what an entry costs beside its body, about
	hotUse        = 10 * time.Minute
)

// hot keeps finished answers in memory, by the path of the request. It gives up
// what was not asked for since its turn came last (second chance): nearly LRU,
// and a hit moves nothing and takes no lock.
type hot struct {
	limit   int64
	entries sync.Map // path → *answer

	mu    sync.Mutex
	queue []*answer // in order of their turns; the first is next
	bytes atomic.Int64
	count atomic.Int64
}

// answer is a finished answer: 200 with these headers and this body.
type answer struct {
	path   string // of the request, with its slash
	file   proxy.File
	route  *proxy.Route // nil for what no route is about
	kind   string
	header [5]struct {
		name  string
		value []string
	}
	fields   int
	modified time.Time
	body     []byte
	used     atomic.Bool
	told     atomic.Int64 // when the cache heard of a use, Unix seconds
}

func newHot(limit int64) *hot {
	if limit == 0 {
		limit = defaultMemory
	}
	return &hot{limit: limit}
}

// fits reports whether an answer of this kind and size is kept.
func (h *hot) fits(kind proxy.Kind, size int64) bool {
	limit := int64(hotText)
	if kind == proxy.Zip {
		limit = hotZip
	}
	return size <= limit && size+hotOverhead <= h.limit/4
}

// get finds the answer to a path; nil = there is none.
func (h *hot) get(path string) *answer {
	v, ok := h.entries.Load(path)
	if !ok {
		return nil
	}
	a := v.(*answer)
	if !a.used.Load() { // a write each time would cost the other cores
		a.used.Store(true)
	}
	return a
}

// put keeps an answer and makes room for it.
func (h *hot) put(a *answer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, there := h.entries.LoadOrStore(a.path, a); there {
		return
	}
	h.queue = append(h.queue, a)
	h.count.Add(1)
	h.bytes.Add(a.cost())
	for h.bytes.Load() > h.limit && len(h.queue) > 1 {
		old := h.queue[0]
		h.queue[0] = nil
		h.queue = h.queue[1:]
		if old == a || old.used.Swap(false) {
			h.queue = append(h.queue, old)
			continue
		}
		h.entries.Delete(old.path)
		h.count.Add(-1)
		h.bytes.Add(-old.cost())
	}
}

// drop forgets one.
func (h *hot) drop(path string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	v, there := h.entries.LoadAndDelete(path)
	if !there {
		return
	}
	a := v.(*answer)
	if i := slices.Index(h.queue, a); i >= 0 {
		h.queue = slices.Delete(h.queue, i, i+1)
	}
	h.count.Add(-1)
	h.bytes.Add(-a.cost())
}

// purge forgets everything.
func (h *hot) purge() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.entries.Clear()
	h.queue = nil
	h.bytes.Store(0)
	h.count.Store(0)
}

func (a *answer) cost() int64 { return int64(len(a.body)) + hotOverhead }

// set adds a header; the value is made once and shared by all responses.
func (a *answer) set(name, value string) {
	if value != "" {
		a.header[a.fields].name, a.header[a.fields].value = name, []string{value}
		a.fields++
	}
}

// write sends it.
func (a *answer) write(w http.ResponseWriter, head bool) (int, error) {
	a.headers(w.Header())
	w.WriteHeader(http.StatusOK)
	if head {
		return 0, nil
	}
	return w.Write(a.body)
}

func (a *answer) headers(h http.Header) {
	for i := range a.fields {
		f := &a.header[i]
		h[f.name] = f.value
	}
}

// finish makes the headers that every answer has.
func (a *answer) finish(contentType, etag, caching string, modified time.Time) *answer {
	a.set("Content-Type", contentType)
	a.set("Content-Length", strconv.Itoa(len(a.body)))
	a.set("Etag", etag)
	a.set("Cache-Control", caching)
	if !modified.IsZero() {
		a.set("Last-Modified", modified.UTC().Format(http.TimeFormat))
	}
	a.modified = modified
	return a
}
