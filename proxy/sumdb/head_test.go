package sumdb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// ram is a Cache in memory.
type ram struct {
	mu   sync.Mutex
	m    map[string][]byte
	full error // of writing; nil = there is room
}

func newRAM() *ram { return &ram{m: map[string][]byte{}} }

var errBroken = errors.New("input/output error")

func (r *ram) Read(_ context.Context, key string, _ int64) ([]byte, time.Duration, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if data, ok := r.m[key]; ok {
		return data, 0, nil
	}
	return nil, 0, proxy.Fail(proxy.ErrNotFound, key, nil)
}

func (r *ram) Write(_ context.Context, key string, data []byte, _ cache.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	old, ok := r.m[key]
	switch {
	case r.full != nil:
		return r.full
	case ok && string(old) != string(data):
		return proxy.Fail(proxy.ErrContent, key, nil)
	}
	r.m[key] = data
	return nil
}

func (r *ram) WriteMutable(_ context.Context, key string, data []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.full != nil {
		return r.full
	}
	r.m[key] = data
	return nil
}

func (r *ram) Quarantine(_ context.Context, key string, _ error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.m, key)
	return nil
}

func (r *ram) Walk(_ context.Context, prefix string, fn func(cache.Entry) error) error {
	r.mu.Lock()
	keys := slices.Sorted(maps.Keys(r.m))
	r.mu.Unlock()
	for _, key := range keys {
		if strings.HasPrefix(key, prefix) {
			if err := fn(cache.Entry{Key: key}); err != nil {
				return err
			}
		}
	}
	return nil
}

// steps are the sizes of trees at which sites have been; odd ones where tiles become
// whole, and levels appear.
var steps = [][]int64{
	{1, 2}, {1, 255, 256}, {200, 256, 257}, {255, 256, 512, 70_000}, {300, 65_535, 65_536, 65_537}, {5, 60_000, 66_000, 131_072, 131_073},
}

// However the head moved, a client that has any of the heads that the site ever had,
// or none, proves everything with nobody to ask.
func TestOfflineAfterEachMove(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	for range 6 {
		var s []int64
		for at := int64(0); len(s) < 5; s = append(s, at) {
			at += 1 + r.Int64N(1<<r.IntN(16))
		}
		steps = append(steps, s)
	}
	for _, sizes := range steps {
		log := mirrortest.NewLog("sum.site.test")
		kept := newRAM()
		d := open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: kept})
		var known []string
		var heads [][]byte
		for _, n := range sizes {
			for range 5 { // some records of this day, at any place
				log.Fill(log.Size() + r.Int64N(max(n-log.Size(), 1)))
				if log.Size() < n {
					known = append(known, fmt.Sprintf("v1.2.%d", log.Size()))
					log.Add("example.com/r", known[len(known)-1], "", "")
				}
			}
			log.Fill(n)
			for _, version := range known {
				if _, _, err := d.Sums(t.Context(), "example.com/r", version); err != nil {
					t.Fatal(err)
				}
			}
			got, err := d.reach(t.Context(), n, nil)
			if err != nil || got.N != n {
				t.Fatalf("%v: head %d: %v", sizes, got.N, err)
			}
			heads = append(heads, got.Note)
			off := open(t, Options{Key: log.Key(), Cache: kept})
			for _, latest := range append(heads, nil) {
				c := newClient(t, off, log, latest)
				for _, version := range known {
					if err := c.lookup("example.com/r", version); err != nil {
						t.Fatalf("%v at %d, client with %d bytes of head: %v", sizes, n, len(latest), err)
					}
				}
			}
		}
	}
}

// The table of clients' heads: none, the site's, an older and a newer one that the
// site never had; with a network and without.
func TestClientsHeads(t *testing.T) {
	const older, between, site, newer = 20_000, 30_123, 66_000, 70_123
	for _, tc := range []struct {
		client        int64
		online, alone bool
	}{
		{0, true, true}, {older, true, true}, {site, true, true}, {between, true, false}, {newer, true, false},
	} {
		log := grown(older, 20)
		kept := newRAM()
		d := open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: kept})
		ask := func(version string) {
			t.Helper()
			if _, _, err := d.Sums(t.Context(), "example.com/m", version); err != nil {
				t.Fatal(err)
			}
		}
		ask("v1.0.1")
		log.Fill(site - 1)
		log.Add("example.com/m", "v1.5.0", "", "")
		ask("v1.5.0")
		log.Fill(newer)
		if n, since := d.Head(); n != site || time.Since(since) > time.Minute {
			t.Fatalf("head is %d since %v", n, since)
		}
		var latest []byte
		if tc.client > 0 {
			latest = log.Head(tc.client)
		}
		off := open(t, Options{Key: log.Key(), Cache: kept})
		c := newClient(t, off, log, latest)
		err := c.lookup("example.com/m", "v1.0.1")
		if (err == nil) != tc.alone {
			t.Errorf("client's head %d, alone: %v", tc.client, err)
		}
		c = newClient(t, d, log, latest)
		err = c.lookup("example.com/m", "v1.0.1")
		if (err == nil) != tc.online || c.fault != "" {
			t.Errorf("client's head %d, online: %v %s", tc.client, err, c.fault)
		}
		n, _ := d.Head()
		if want := int64(max(site, tc.client)); n != want && tc.client != older {
			t.Errorf("client's head %d: the site's is %d", tc.client, n)
		}
		// Whoever came once online can be served without a network.
		off = open(t, Options{Key: log.Key(), Cache: kept})
		if err := newClient(t, off, log, latest).lookup("example.com/m", "v1.0.1"); err != nil {
			t.Errorf("client's head %d, alone again: %v", tc.client, err)
		}
		// Who comes with the head of now, which nobody has, asks once and not for ever.
		log.Asked()
		for range 3 {
			_, _, err = d.Answer(t.Context(), "/tile/8/0/900")
		}
		if asked := log.Asked(); len(asked) > 1 || !errors.Is(err, proxy.ErrUnavailable) {
			t.Errorf("a tile of nowhere asked for %v: %v", asked, err)
		}
	}
}

// Clients get the old head until the new one can be proven, and who needs a younger
// record waits for it.
func TestOldHeadUntilTheNewOneIsHere(t *testing.T) {
	log := grown(20_000, 20)
	var stop atomic.Pointer[chan struct{}]
	d := open(t, Options{Key: log.Key(), Cache: newRAM(), Sources: []mirror.Source{func(ctx context.Context, path string) ([]byte, error) {
		if c := stop.Load(); c != nil && strings.HasPrefix(path, "/tile/") {
			<-*c
		}
		return log.Read(ctx, path)
	}}})
	if _, _, err := d.Answer(t.Context(), "/lookup/example.com/m@v1.0.1"); err != nil {
		t.Fatal(err)
	}
	log.Add("example.com/m", "v1.5.0", "", "")
	log.Show(20_000) // and /latest is late, as it is behind a cache
	gate := make(chan struct{})
	stop.Store(&gate)
	young := make(chan error, 1)
	go func() {
		_, _, err := d.Answer(t.Context(), "/lookup/example.com/m@v1.5.0")
		young <- err
	}()
	for range 10 {
		time.Sleep(2 * time.Millisecond)
		body, _, err := d.Answer(t.Context(), "/lookup/example.com/m@v1.0.1")
		if _, signed, ok := strings.Cut(string(body), "\n\n"); err != nil || !ok || sizeOf(t, log, []byte(signed)) != 20_000 {
			t.Fatalf("%s %v", body, err)
		}
	}
	select {
	case err := <-young:
		t.Fatalf("too early: %v", err)
	default:
	}
	close(gate)
	if err := <-young; err != nil {
		t.Fatal(err)
	}
	body, _, err := d.Answer(t.Context(), "/latest")
	if err != nil || sizeOf(t, log, body) != 20_001 {
		t.Errorf("%s %v", body, err)
	}
}

// A head is not moved to where the cache cannot prove it, and no process moves it
// back for another.
func TestHeadNeedsTheCache(t *testing.T) {
	log := grown(20_000, 20)
	kept := newRAM()
	d := open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: kept})
	if _, _, err := d.Sums(t.Context(), "example.com/m", "v1.0.1"); err != nil {
		t.Fatal(err)
	}
	kept.full = errBroken
	log.Add("example.com/m", "v1.5.0", "", "")
	if _, _, err := d.Sums(t.Context(), "example.com/m", "v1.5.0"); !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("no cache: %v", err)
	}
	if _, _, err := d.Sums(t.Context(), "example.com/m", "v1.0.2"); err != nil {
		t.Errorf("an older one is proven in memory: %v", err)
	}
	if n, _ := d.Head(); n != 20_000 {
		t.Errorf("head is %d", n)
	}
	kept.full = nil
	if _, _, err := d.Sums(t.Context(), "example.com/m", "v1.5.0"); err != nil {
		t.Error(err)
	}
	// Another process went on; this one learns it without asking anybody.
	other := open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: kept})
	log.Add("example.com/m", "v1.6.0", "", "")
	if _, _, err := other.Sums(t.Context(), "example.com/m", "v1.6.0"); err != nil {
		t.Fatal(err)
	}
	log.Asked()
	if _, _, err := d.Sums(t.Context(), "example.com/m", "v1.6.0"); err != nil {
		t.Error(err)
	}
	if asked := log.Asked(); len(asked) != 0 {
		t.Errorf("asked %v", asked)
	}
	if n, _ := d.Head(); n != 20_002 {
		t.Errorf("head is %d", n)
	}
	// A damaged head is none, and comes again.
	kept.m["sumdb/sum.site.test/latest"] = []byte("go.sum database tree\n1\n")
	if _, _, err := open(t, Options{Key: log.Key(), Cache: kept}).Sums(t.Context(), "example.com/m", "v1.6.0"); !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("no head, nobody to ask: %v", err)
	}
	if _, _, err := open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: kept}).Sums(t.Context(), "example.com/m", "v1.6.0"); err != nil {
		t.Error(err)
	}
}

// A move costs the same with 10,000 records, and all of them are proven.
func TestTenThousandRecords(t *testing.T) {
	const modules = 10_000
	log := grown(300_000, modules)
	kept := newRAM()
	d := open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: kept})
	for i := range modules {
		path, version := mod(i)
		if _, _, err := d.Sums(t.Context(), path, version); err != nil {
			t.Fatal(err)
		}
	}
	log.Fill(310_000)
	log.Add("example.com/m", "v1.5.0", "", "")
	log.Asked()
	begin := time.Now()
	if _, _, err := d.Sums(t.Context(), "example.com/m", "v1.5.0"); err != nil {
		t.Fatal(err)
	}
	moved, asked := time.Since(begin), log.Asked()
	if len(asked) > 16 {
		t.Errorf("a move asked for %d: %v", len(asked), asked)
	}
	begin = time.Now()
	n, err := open(t, Options{Key: log.Key(), Cache: kept}).Check(t.Context())
	if n != modules+1 || err != nil {
		t.Errorf("%d: %v", n, err)
	}
	checked := time.Since(begin)
	t.Logf("the move took %v and %d requests, proving %d records %v", moved, len(asked), n, checked)
}
