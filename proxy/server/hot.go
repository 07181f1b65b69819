package server

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

const (
	defaultMemory = 64 << 20 // bytes
	hotText       = 64 << 10 // the largest answer that is kept, in bytes
	hotFiles      = 256      // larger ones that are kept open
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
	files int // of them open
}

// answer is a finished answer: 200 with these headers, and a body that is in memory
// or in an open file.
type answer struct {
	path   string // of the request, with its slash
	what   proxy.File
	route  *proxy.Route // nil for what no route is about
	kind   string
	header [5]struct {
		name  string
		value []string
	}
	fields   int
	modified time.Time
	body     []byte
	file     *cache.Object // nil = body it is
	size     int64
	refs     atomic.Int32 // of an open file: the memory's, and of each who sends it
	used     atomic.Bool
	told     atomic.Int64 // when the cache heard of a use, Unix seconds
}

func newHot(limit int64) *hot {
	if limit == 0 {
		limit = defaultMemory
	}
	return &hot{limit: limit}
}

// fits reports whether a body of this size is kept in memory. Larger ones are kept
// as open files, whose bytes go from the system's own memory to the socket: to copy
// them there costs more than all the rest.
func (h *hot) fits(size int64) bool { return size <= hotText && size+hotOverhead <= h.limit/4 }

// opens reports whether larger files are kept open.
func (h *hot) opens() bool { return h.limit > 4*hotOverhead }

// get finds the answer to a path; nil = there is none. The caller lets it go.
func (h *hot) get(path string) *answer {
	v, ok := h.entries.Load(path)
	if !ok {
		return nil
	}
	a := v.(*answer)
	if !a.hold() {
		return nil
	}
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
	h.account(a, 1)
	a.hold()
	for (h.bytes.Load() > h.limit || h.files > hotFiles) && len(h.queue) > 1 {
		old := h.queue[0]
		h.queue[0] = nil
		h.queue = h.queue[1:]
		if old == a || old.used.Swap(false) {
			h.queue = append(h.queue, old)
			continue
		}
		h.entries.Delete(old.path)
		h.account(old, -1)
		old.letGo()
	}
}

// account adds an entry to the sums, or takes it out.
func (h *hot) account(a *answer, n int) {
	h.count.Add(int64(n))
	h.bytes.Add(int64(n) * a.cost())
	if a.file != nil {
		h.files += n
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
	h.account(a, -1)
	a.letGo()
}

// purge forgets everything.
func (h *hot) purge() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.entries.Clear()
	for _, a := range h.queue {
		h.account(a, -1)
		a.letGo()
	}
	h.queue = nil
}

// hold keeps an open file open until letGo; false = it was closed already.
func (a *answer) hold() bool {
	if a.file == nil {
		return true
	}
	for {
		n := a.refs.Load()
		if n == 0 {
			return false
		}
		if a.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// letGo closes an open file when nobody needs it any more.
func (a *answer) letGo() {
	if a.file != nil && a.refs.Add(-1) == 0 {
		_ = a.file.Close()
	}
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
func (a *answer) write(w http.ResponseWriter, head bool) (int64, error) {
	a.headers(w.Header())
	w.WriteHeader(http.StatusOK)
	if head {
		return 0, nil
	}
	if a.file == nil {
		n, err := w.Write(a.body)
		return int64(n), err
	}
	src := &shared{SectionReader: io.NewSectionReader(a.file, 0, a.size), file: a.file.File}
	if to, ok := w.(io.ReaderFrom); ok {
		return to.ReadFrom(src)
	}
	return io.Copy(w, src.SectionReader)
}

// content is the body for who wants a part of it.
func (a *answer) content() io.ReadSeeker {
	if a.file == nil {
		return bytes.NewReader(a.body)
	}
	return io.NewSectionReader(a.file, 0, a.size)
}

// shared is a file that several send at the same time: nobody may move its offset.
type shared struct {
	*io.SectionReader
	file *os.File
}

func (a *answer) headers(h http.Header) {
	for i := range a.fields {
		f := &a.header[i]
		h[f.name] = f.value
	}
}

// finish makes the headers that every answer has.
func (a *answer) finish(contentType, etag, caching string, modified time.Time) *answer {
	if a.file == nil {
		a.size = int64(len(a.body))
	}
	a.set("Content-Type", contentType)
	a.set("Content-Length", strconv.FormatInt(a.size, 10))
	a.set("Etag", etag)
	a.set("Cache-Control", caching)
	if !modified.IsZero() {
		a.set("Last-Modified", modified.UTC().Format(http.TimeFormat))
	}
	a.modified = modified
	return a
}
