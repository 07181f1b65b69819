package fill

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// handedOut is a site whose files were handed out while the database was down, by a
// program that has ended since.
func handedOut(t *testing.T, w *world, db *database, change func(*Options)) *site {
	t.Helper()
	db.set(errDown)
	s := newSite(t, w, db, func(o *Options) { o.Mode = Async })
	s.get(helloMod)
	s.get(helloZip)
	if s.record(helloMod).Proof != "pending" || s.record(helloZip).Proof != "pending" {
		t.Fatal("not handed out unproven")
	}
	s.close()
	db.asked = nil
	s.open(w, db, change)
	return s
}

// A proof that was missing is completed by itself: in the record, with its time, once
// the database is back, by the program that handed the file out.
func TestProofIsCompleted(t *testing.T) {
	w := helloWorld(t)
	db := logged(t, w)
	db.set(errDown)
	s := newSite(t, w, db, func(o *Options) { o.Mode, o.Retry = Async, 10*time.Millisecond })
	s.get(helloZip)
	s.later(time.Hour)
	db.set(nil)
	waitFor(t, func() bool { return s.record(helloZip).Proof == "sumdb:sum.mirror.test#42" })
	if r := s.record(helloZip); !r.Proven.Equal(s.now()) || !r.Time.Equal(s.now().Add(-time.Hour)) || len(r.Pieces) != 1 || r.Size == 0 {
		t.Errorf("%+v", r)
	}
}

// The next program completes it when somebody asks for the file, without keeping him
// waiting; once it is there nobody is asked again. Where nothing is handed out unproven
// no record is read for a hit.
func TestHitCompletesProof(t *testing.T) {
	w := helloWorld(t)
	db := logged(t, w)
	s := handedOut(t, w, db, func(o *Options) { o.Mode = Strict })
	s.get(helloZip)
	s.close() // waits for what goes on behind the scenes
	if db.lookups() > 0 {
		t.Errorf("asked in strict mode: %v", db.asked)
	}
	s.open(w, db, func(o *Options) { o.Mode, o.Retry = Async, 10*time.Millisecond })
	db.mu.Lock() // no answer for now
	s.get(helloZip)
	s.get(helloZip)
	db.mu.Unlock()
	waitFor(t, func() bool { return db.lookups() > 1 }) // down: it is tried again
	db.set(nil)
	waitFor(t, func() bool { return s.record(helloZip).Proof == "sumdb:sum.mirror.test#42" })
	if s.record(helloMod).Proof != "pending" {
		t.Error("nobody asked for the go.mod")
	}
	s.close()
	db.asked = nil
	s.open(w, db, func(o *Options) { o.Mode = Async })
	s.get(helloZip)
	s.close()
	if db.lookups() > 0 {
		t.Errorf("asked again: %v", db.asked)
	}
	s.open(w, db, nil)
}

// What turns out to be wrong is put aside, and answered 403 with the reason, offline too.
func TestCompletedProofDisagrees(t *testing.T) {
	w := helloWorld(t)
	db := logged(t, w)
	s := handedOut(t, w, db, func(o *Options) { o.Mode = Async })
	sums := db.sums[v100]
	db.sums[v100] = mirror.Sums{Mod: sums.Mod, Zip: "h1:something else"}
	db.set(nil)
	s.get(helloZip)
	waitFor(t, func() bool { return s.count(Quarantined) == 1 })
	if !s.quarantined(helloZip) || s.cache.Has(helloZip) {
		t.Error("reported before it was put aside")
	}
	before := w.requests("")
	if err := s.fails(helloZip, proxy.ErrContent); !strings.Contains(err.Error(), "h1:something else") || w.requests("") != before {
		t.Errorf("%v", err)
	}
	s.close()
	s.open(w, db, func(o *Options) { o.Offline = true })
	if err := s.fails(helloZip, proxy.ErrContent); !strings.Contains(err.Error(), "quarantine") || !strings.Contains(err.Error(), "h1:something else") {
		t.Errorf("%v", err)
	}
	s.fails("example.com/hello/@v/v1.0.9.zip", proxy.ErrNotFound)
}

// A route that has become private since: the database does not learn its names now.
func TestProofOfWhatIsPrivateNow(t *testing.T) {
	w := helloWorld(t)
	db := logged(t, w)
	s := handedOut(t, w, db, func(o *Options) { o.Routes[0].Private = true })
	db.set(nil)
	s.get(helloZip)
	if settled, waiting, err := s.Prove(t.Context(), ""); settled != 2 || waiting != 0 || err != nil {
		t.Errorf("%d, %d, %v", settled, waiting, err)
	}
	s.close()
	if db.lookups() > 0 {
		t.Errorf("a private name left: %v", db.asked)
	}
	s.open(w, db, nil)
}

// The record in the bucket is completed too, by a replica that has the file from there.
func TestReplicaCompletesProof(t *testing.T) {
	w := helloWorld(t)
	db := logged(t, w)
	st, err := file.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	replica := func() (*Filler, *cache.Cache) {
		c, err := cache.Open(t.Context(), cache.Options{Dir: t.TempDir(), Shared: st})
		if err != nil {
			t.Fatal(err)
		}
		f := New(Options{Cache: c, Sums: db, Mode: Async, Routes: proxy.Routes{{Name: "public", Pattern: "*", Source: w}}})
		t.Cleanup(func() {
			_ = f.Close(context.Background())
			_ = c.Close()
		})
		return f, c
	}
	want, err := proxy.Parse(helloZip)
	if err != nil {
		t.Fatal(err)
	}
	for _, down := range []error{errDown, nil} {
		db.set(down)
		f, _ := replica()
		o, err := f.Get(t.Context(), want)
		if err != nil {
			t.Fatal(err)
		}
		_ = o.Close()
	}
	_, third := replica()
	waitFor(t, func() bool {
		r, err := third.Record(t.Context(), helloZip)
		return err == nil && r.Proof == "sumdb:sum.mirror.test#42" && !r.Proven.IsZero()
	})
}
