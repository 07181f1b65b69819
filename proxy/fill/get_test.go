package fill

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

const (
	hello    = "example.com/hello"
	helloMod = "example.com/hello/@v/v1.0.0.mod"
	helloZip = "example.com/hello/@v/v1.0.0.zip"
	helloInf = "example.com/hello/@v/v1.0.0.info"
)

func helloWorld(t testing.TB) *world {
	w := newWorld()
	w.add(t, hello, "v1.0.0", "package hello\n")
	return w
}

var v100 = module.Version{Path: hello, Version: "v1.0.0"}

// One file per miss, proven and recorded; a hit asks nobody.
func TestGet(t *testing.T) {
	w := helloWorld(t)
	db := logged(t, w)
	s := newSite(t, w, db, nil)
	for i, path := range []string{helloMod, helloZip, helloInf} {
		want := [][]byte{w.mods[v100], w.zips[v100], []byte(w.infos[v100])}[i]
		if got := s.get(path); !bytes.Equal(got, want) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
		if n := w.requests(""); n != i+1 {
			t.Fatalf("after %s: %d requests %v", path, n, w.asked)
		}
	}
	if r := s.record(helloZip); r.Proof != "sumdb:sum.mirror.test#42" || r.H1 != db.sums[v100].Zip || r.Route != "public" ||
		len(r.Pieces) != 1 || r.Pieces[0].From != "mirror.test" || r.Pieces[0].Bytes != int64(len(w.zips[v100])) {
		t.Errorf("record of the zip: %+v", r)
	}
	if r := s.record(helloMod); r.Proof != "sumdb:sum.mirror.test#42" || r.H1 != db.sums[v100].Mod {
		t.Errorf("record of the go.mod: %+v", r)
	}
	w.set(func(w *world) { w.down = errDown })
	db.set(errDown)
	before := db.lookups()
	for _, path := range []string{helloMod, helloZip, helloInf} {
		s.get(path)
	}
	if w.requests("") != 3 || db.lookups() != before {
		t.Errorf("hits asked somebody: %v, %v", w.asked, db.asked)
	}
	if s.count(Filled) != 3 || s.count(Hit) != 3 || s.count(Fetched) != 3 {
		t.Errorf("events: %v", s.events)
	}
	if s.fails("example.com/hello/@v/v1.0.1.mod", proxy.ErrUnavailable); s.count(Unavailable) != 1 {
		t.Errorf("events: %v", s.events)
	}
}

// What is certainly not there is remembered for a minute.
func TestGetNotFound(t *testing.T) {
	w := helloWorld(t)
	s := newSite(t, w, logged(t, w), nil)
	const path = "example.com/hello/@v/v1.9.9.mod"
	s.fails(path, proxy.ErrNotFound)
	s.fails(path, proxy.ErrNotFound)
	if n := w.requests(""); n != 1 {
		t.Errorf("%d requests", n)
	}
	s.later(61 * time.Second)
	s.fails(path, proxy.ErrNotFound)
	if n := w.requests(""); n != 2 {
		t.Errorf("after a minute: %d requests", n)
	}
	if entries, _ := filepath.Glob(filepath.Join(s.dir, ".yingzao", "partial", "*")); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// A rule holds for what is in the cache already.
func TestBlocked(t *testing.T) {
	w := helloWorld(t)
	s := newSite(t, w, logged(t, w), nil)
	s.get(helloZip)
	s.close()
	s.open(w, nil, func(o *Options) {
		o.Routes = append(proxy.Routes{{Name: "deny", Pattern: hello, Block: "a look-alike of example.com/hallo"}}, o.Routes...)
	})
	for _, path := range []string{helloZip, helloMod, "example.com/hello/@v/list", "example.com/hello/@latest"} {
		err := s.fails(path, proxy.ErrBlocked)
		if !strings.Contains(err.Error(), "a look-alike of") || !strings.Contains(msg.In(err, msg.Chinese), "理由：") {
			t.Errorf("no reason: %v", err)
		}
	}
	if s.count(Blocked) != 4 || w.requests("") != 1 {
		t.Errorf("events %v, requests %v", s.events, w.asked)
	}
	s.close()
	s.open(w, nil, func(o *Options) { o.Routes = proxy.Routes{{Pattern: "example.org"}} })
	s.fails(helloZip, proxy.ErrNotFound)
}

// P12: 200 clients ask for one cold module; it is fetched once.
func TestP12OneFetch(t *testing.T) {
	w := helloWorld(t)
	w.hold = make(chan struct{})
	db := logged(t, w)
	s := newSite(t, w, db, nil)
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			if data, err := s.try(helloZip); err != nil || !bytes.Equal(data, w.zips[v100]) {
				t.Errorf("%d bytes, %v", len(data), err)
			}
		})
	}
	waitFor(t, func() bool { return s.waiting(helloZip) == 200 })
	close(w.hold)
	wg.Wait()
	if w.requests("") != 1 || db.lookups() != 1 || s.count(Fetched) != 1 || s.count(Filled) != 200 {
		t.Errorf("%d requests, %d lookups, %d filled", w.requests(""), db.lookups(), s.count(Filled))
	}
}

func (s *site) waiting(key string) int {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	if fl := s.files.byKey[key]; fl != nil {
		return fl.waiters
	}
	return 0
}

func waitFor(t testing.TB, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if cond() {
			return
		}
	}
	t.Fatal("it does not happen")
}

// P13: whoever asked first leaves; the others get the file, and so does the cache
// when all of them have left.
func TestP13LeaderLeaves(t *testing.T) {
	w := helloWorld(t)
	w.hold = make(chan struct{})
	s := newSite(t, w, logged(t, w), nil)
	ctx, cancel := context.WithCancel(context.Background())
	left := make(chan error)
	go func() {
		_, err := s.Get(ctx, proxy.File{Kind: proxy.Zip, Module: hello, Version: "v1.0.0"})
		left <- err
	}()
	waitFor(t, func() bool { return w.requests("") == 1 })
	stays := make(chan error)
	go func() {
		_, err := s.try(helloZip)
		stays <- err
	}()
	waitFor(t, func() bool { return s.waiting(helloZip) == 2 })
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the one who left: %v", err)
	}
	close(w.hold)
	if err := <-stays; err != nil {
		t.Errorf("the one who stayed: %v", err)
	}
	if w.requests("") != 1 || s.count(Left) != 1 {
		t.Errorf("%d requests, events %v", w.requests(""), s.events)
	}
}

// What nobody waits for any more by the time of its turn is not fetched, and a
// flood of names is turned away instead of kept.
func TestQueue(t *testing.T) {
	w := helloWorld(t)
	w.hold = make(chan struct{})
	s := newSite(t, w, logged(t, w), func(o *Options) { o.MaxFills = 1 })
	done := make(chan error)
	go func() { _, err := s.try(helloZip); done <- err }()
	waitFor(t, func() bool { return w.requests("") == 1 })
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	var busy atomic.Int64
	for i := range 300 {
		wg.Go(func() {
			_, err := s.Get(ctx, proxy.File{Kind: proxy.Mod, Module: hello, Version: "v1.1." + itoa(i)})
			if errors.Is(err, errBusy) {
				busy.Add(1)
			} else if !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
		})
	}
	waitFor(t, func() bool { return busy.Load() == 300-queued })
	cancel()
	wg.Wait()
	s.files.mu.Lock()
	n := len(s.files.byKey)
	s.files.mu.Unlock()
	if n != queued+1 {
		t.Errorf("%d flights are kept", n)
	}
	close(w.hold)
	if err := <-done; err != nil {
		t.Error(err)
	}
	waitFor(t, func() bool { s.files.mu.Lock(); defer s.files.mu.Unlock(); return len(s.files.byKey) == 0 })
	if n := w.requests(""); n != 1 {
		t.Errorf("%d requests for what nobody waited for", n-1)
	}
}

// Close waits for what is on its way, and parks it when it may not wait; the next
// start goes on with it.
func TestClose(t *testing.T) {
	w := helloWorld(t)
	half := int64(len(w.zips[v100]) / 2)
	hold := make(chan struct{})
	w.deliver = func(f proxy.File, d *proxy.Download) error {
		if err := send(d, w.name, w.zips[v100][:half]); err != nil {
			return err
		}
		<-hold
		return errDown
	}
	s := newSite(t, w, logged(t, w), nil)
	done := make(chan error)
	go func() { _, err := s.try(helloZip); done <- err }()
	waitFor(t, func() bool { return w.requests("") == 1 })
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	closed := make(chan error)
	go func() { closed <- s.Filler.Close(ctx) }()
	waitFor(t, func() bool { s.files.mu.Lock(); defer s.files.mu.Unlock(); return s.files.closed })
	if _, err := s.try("example.com/hello/@v/v1.0.0.mod"); !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("a fetch while closing: %v", err)
	}
	<-s.files.base.Done() // it waits no longer
	close(hold)
	if err := <-closed; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Close: %v", err)
	}
	if err := <-done; !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("the client: %v", err)
	}
	s.close()
	var offset int64
	w.deliver = func(f proxy.File, d *proxy.Download) error {
		offset = d.Offset()
		return send(d, w.name, w.zips[v100])
	}
	s.open(w, logged(t, w), nil)
	s.get(helloZip)
	if offset != half {
		t.Errorf("the next start went on at %d of %d", offset, half)
	}
}

// Offline, and on a route without a source, the cache is the whole world.
func TestOffline(t *testing.T) {
	w := helloWorld(t)
	s := newSite(t, w, logged(t, w), nil)
	for _, path := range []string{helloMod, helloZip, helloInf, "example.com/hello/@v/list"} {
		s.get(path)
	}
	before := w.requests("")
	for name, change := range map[string]func(o *Options){
		"offline":          func(o *Options) { o.Offline = true },
		"without a source": func(o *Options) { o.Routes = proxy.Routes{{Pattern: "*"}} },
	} {
		s.close()
		s.open(w, logged(t, w), change)
		s.later(time.Hour)
		for _, path := range []string{helloMod, helloZip, helloInf, "example.com/hello/@v/list", "example.com/hello/@latest"} {
			s.get(path)
		}
		for _, path := range []string{"example.com/hello/@v/v2.0.0.info", "example.com/hello/@v/main.info", "example.com/hello/sub/@v/list", "example.com/hello/@v/v1.0.1.mod", "example.com/other/@latest"} {
			s.fails(path, proxy.ErrNotFound)
		}
		if n := w.requests(""); n != before {
			t.Errorf("%s: somebody was asked: %v", name, w.asked[before:])
		}
	}
}

// P15: a file system without room. The body that does not fit is thrown away and
// the client told; one that is whole and proven but cannot be put in its place is
// answered all the same.
func TestP15NoRoom(t *testing.T) {
	w := helloWorld(t)
	s := newSite(t, w, logged(t, w), nil)
	s.get(helloMod) // makes the folders
	if os.Getuid() == 0 {
		// root may write into a read-only folder: a file where a folder must be made.
		if err := os.RemoveAll(filepath.Join(s.dir, ".yingzao", "records")); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(s.dir, ".yingzao", "records"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	} else if err := os.Chmod(filepath.Join(s.dir, "example.com", "hello", "@v"), 0o500); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := s.get(helloZip); !bytes.Equal(got, w.zips[v100]) {
			t.Fatalf("%d bytes", len(got))
		}
	}
	f, err := proxy.Parse(helloZip)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := s.Get(t.Context(), f); err != nil || !o.Passing {
		t.Errorf("it is said to be in the cache: %+v, %v", o, err)
	} else if err := o.Close(); err != nil {
		t.Error(err)
	}
	if n := w.requests("(.zip)"); n != 1 {
		t.Errorf("fetched %d times: it was there, whole", n)
	}
	if s.cache.Has(helloZip) {
		t.Error("it is in the cache after all")
	}
	_ = os.Chmod(filepath.Join(s.dir, "example.com", "hello", "@v"), 0o700)
}

// A file that brings the program down brings down its own fetch alone.
func TestPanic(t *testing.T) {
	w := helloWorld(t)
	w.deliver = func(f proxy.File, d *proxy.Download) error { panic("a bug") }
	s := newSite(t, w, logged(t, w), nil)
	s.fails(helloZip, proxy.ErrUnavailable)
	w.set(func(w *world) { w.deliver = nil })
	s.get(helloZip)
}
