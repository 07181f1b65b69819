package fill

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// world is a source of modules that records who asked for what, and misbehaves as
// it is told.
type world struct {
	name string

	mu      sync.Mutex
	asked   []string // as File.String
	zips    map[module.Version][]byte
	mods    map[module.Version][]byte
	infos   map[module.Version]string // also of queries
	lists   map[string]string
	down    error                                       // nil = it answers
	hold    chan struct{}                               // not nil: nothing is answered before it is closed
	deliver func(f proxy.File, d *proxy.Download) error // nil = the whole file
	others  map[string]map[module.Version][]byte        // further mirrors behind this source: name → zips
}

func newWorld() *world {
	return &world{name: "mirror.test", zips: map[module.Version][]byte{}, mods: map[module.Version][]byte{}, infos: map[module.Version]string{}, lists: map[string]string{}}
}

// add publishes a version with a file of the given content.
func (w *world) add(t testing.TB, mod, version, text string) {
	t.Helper()
	v := module.Version{Path: mod, Version: version}
	w.zips[v] = makeZip(t, mod+"@"+version+"/", map[string]string{"go.mod": "module " + mod + "\n", "a.go": text})
	w.mods[v] = []byte("module " + mod + "\n")
	w.infos[v] = fmt.Sprintf(`{"Version":%q,"Time":"2024-05-01T08:00:00Z","Origin":{"VCS":"git","Hash":"0123456789abcdef"},"Extra":1}`, version)
	w.lists[mod] += version + "\n"
}

func makeZip(t testing.TB, prefix string, files map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f, err := z.Create(prefix + name)
		if err == nil {
			_, err = io.WriteString(f, files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func zipSum(t testing.TB, data []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	h, err := dirhash.Hash1(names, func(name string) (io.ReadCloser, error) {
		return z.File[slices.Index(names, name)].Open()
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func modSum(t testing.TB, data []byte) string {
	t.Helper()
	h, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// requests are those so far that contain the word.
func (w *world) requests(word string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, a := range w.asked {
		if strings.Contains(a, word) {
			n++
		}
	}
	return n
}

// set changes how the world behaves.
func (w *world) set(change func(w *world)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}

// begin records a request, and waits or fails as it is told.
func (w *world) begin(ctx context.Context, what string) error {
	w.mu.Lock()
	w.asked = append(w.asked, what)
	hold, down := w.hold, w.down
	w.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return down
}

func (w *world) Name() string { return w.name }

func (w *world) Versions(ctx context.Context, mod string) ([]byte, error) {
	if err := w.begin(ctx, mod+"@v/list"); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	list, ok := w.lists[mod]
	if !ok {
		return nil, proxy.Fail(proxy.ErrNotFound, mod, nil)
	}
	return []byte(list), nil
}

func (w *world) Info(ctx context.Context, mod, query string) ([]byte, error) {
	if err := w.begin(ctx, mod+"@"+query+" (.info)"); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	body, ok := w.infos[module.Version{Path: mod, Version: query}]
	if !ok {
		return nil, proxy.Fail(proxy.ErrNotFound, mod+"@"+query, nil)
	}
	return []byte(body), nil
}

func (w *world) Fetch(ctx context.Context, f proxy.File, d *proxy.Download) error {
	if err := w.begin(ctx, f.String()); err != nil {
		return err
	}
	w.mu.Lock()
	deliver, others := w.deliver, w.others
	v := module.Version{Path: f.Module, Version: f.Version}
	data, ok := w.zips[v]
	if f.Kind == proxy.Mod {
		data, ok = w.mods[v]
	}
	w.mu.Unlock()
	if deliver != nil {
		return deliver(f, d)
	}
	if !ok {
		return proxy.Fail(proxy.ErrNotFound, f.String(), nil)
	}
	if d.Avoids(w.name) {
		for name, zips := range others {
			if data, ok := zips[v]; ok && !d.Avoids(name) {
				return send(d, name, data)
			}
		}
		return proxy.Fail(proxy.ErrUnavailable, f.String(), errors.New("nobody is left"))
	}
	return send(d, w.name, data)
}

// send goes on where the download is.
func send(d *proxy.Download, from string, data []byte) error {
	d.Begin(from)
	d.SetSize(int64(len(data)))
	_, err := d.Write(data[min(d.Offset(), int64(len(data))):])
	return err
}

// database is a checksum database that knows what it was told.
type database struct {
	mu    sync.Mutex
	sums  map[module.Version]mirror.Sums
	down  error
	asked []string
}

func (d *database) Name() string { return "sum.mirror.test" }

func (d *database) Sums(ctx context.Context, path, version string) (mirror.Sums, int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, path+"@"+version)
	if d.down != nil {
		return mirror.Sums{}, 0, d.down
	}
	s, ok := d.sums[module.Version{Path: path, Version: version}]
	if !ok {
		return mirror.Sums{}, 0, proxy.Fail(proxy.ErrNotFound, path, nil)
	}
	return s, 42, nil
}

func (d *database) set(down error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.down = down
}

func (d *database) lookups() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.asked)
}

// logged is a database that knows everything the world holds now.
func logged(t testing.TB, w *world) *database {
	t.Helper()
	d := &database{sums: map[module.Version]mirror.Sums{}}
	for v, data := range w.zips {
		d.sums[v] = mirror.Sums{Zip: zipSum(t, data), Mod: modSum(t, w.mods[v])}
	}
	return d
}

// site is a filler over a world, with everything it reported.
type site struct {
	*Filler
	t     testing.TB
	cache *cache.Cache
	dir   string
	ends  []func() error // closed between the filler and the cache

	mu     sync.Mutex
	events []Event
	clock  time.Time
}

// newSite makes one; change may be nil.
func newSite(t testing.TB, w *world, db *database, change func(o *Options)) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), clock: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
	s.open(w, db, change)
	t.Cleanup(s.close)
	return s
}

func (s *site) open(w *world, db *database, change func(o *Options)) {
	s.t.Helper()
	var err error
	if s.cache, err = cache.Open(context.Background(), cache.Options{Dir: s.dir, Now: s.now}); err != nil {
		s.t.Fatal(err)
	}
	o := Options{Cache: s.cache, Routes: proxy.Routes{{Name: "public", Pattern: "*", Source: w}}, Now: s.now, Observe: s.observe, Budget: time.Minute}
	if db != nil {
		o.Sums = db
	}
	if change != nil {
		change(&o)
	}
	s.Filler = New(o)
}

func (s *site) close() {
	if s.Filler == nil {
		return
	}
	if err := s.Close(context.Background()); err != nil {
		s.t.Error(err)
	}
	for _, end := range s.ends {
		if err := end(); err != nil {
			s.t.Error(err)
		}
	}
	if err := s.cache.Close(); err != nil {
		s.t.Error(err)
	}
	s.Filler = nil
}

func (s *site) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock
}

func (s *site) later(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = s.clock.Add(d)
}

func (s *site) observe(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
}

// count is how often something happened.
func (s *site) count(what What) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, e := range s.events {
		if e.What == what {
			n++
		}
	}
	return n
}

// get reads a file that must be there.
func (s *site) get(path string) []byte {
	s.t.Helper()
	data, err := s.try(path)
	if err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
	return data
}

func (s *site) try(path string) ([]byte, error) {
	f, err := proxy.Parse(path)
	if err != nil {
		return nil, err
	}
	if !f.Immutable() {
		a, err := s.Text(context.Background(), f)
		return a.Body, err
	}
	obj, err := s.Get(context.Background(), f)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(obj)
	return data, errors.Join(err, obj.Close())
}

// fails reads a file that must not be there, for the reason given.
func (s *site) fails(path string, class error) error {
	s.t.Helper()
	data, err := s.try(path)
	if !errors.Is(err, class) {
		s.t.Fatalf("%s: %d bytes, %v; want %v", path, len(data), err, class)
	}
	return err
}

func (s *site) record(path string) cache.Record {
	s.t.Helper()
	r, err := s.cache.Record(context.Background(), path)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

var errDown = proxy.Fail(proxy.ErrUnavailable, "mirror", errors.New("connection refused"))

func itoa(n int) string { return fmt.Sprint(n) }
