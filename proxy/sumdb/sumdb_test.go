package sumdb

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Every record is fetched once, every tile once, /latest once, whoever asks how
// often; and afterwards everything is proven by a stock client with nobody to ask.
func TestWhatIsAsked(t *testing.T) {
	const modules = 331
	log := grown(70_000, modules)
	d, dir := site(t, log)
	var all sync.WaitGroup
	for i := range modules * 3 {
		all.Go(func() {
			path, version := mod(i % modules)
			sums, id, err := d.Sums(t.Context(), path, version)
			if err != nil || sums.Zip != mirrortest.H1(path+"@"+version) || id < 0 {
				t.Errorf("%s: %v %d %v", version, sums, id, err)
			}
		})
	}
	all.Wait()
	asked := log.Asked()
	count := map[string]int{}
	lookups, tiles := 0, 0
	for _, path := range asked {
		switch count[path]++; {
		case count[path] > 1:
			t.Errorf("%s is asked for again", path)
		case strings.HasPrefix(path, "/lookup/"):
			lookups++
		case strings.HasPrefix(path, "/tile/"):
			tiles++
		}
	}
	if lookups != modules || len(asked) != lookups+tiles+1 {
		t.Errorf("%d requests: %d lookups, %d tiles", len(asked), lookups, tiles)
	}
	t.Logf("%d modules: %d lookups, %d tiles, 1 head", modules, lookups, tiles)

	_ = d.Close()
	off := offline(t, log, dir)
	c := newClient(t, off, log, nil)
	for i := range modules {
		if err := c.lookup(mod(i)); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := off.Check(t.Context()); n != modules || err != nil {
		t.Errorf("checked %d: %v", n, err)
	}
}

// Cached lookups need no network: with every source dead or a black hole, none is
// asked and all answer at once.
func TestCachedWithEverySourceDead(t *testing.T) {
	const modules = 200
	log := grown(20_000, modules)
	d, dir := site(t, log)
	for i := range modules {
		path, version := mod(i)
		if _, _, err := d.Sums(t.Context(), path, version); err != nil {
			t.Fatal(err)
		}
	}
	_ = d.Close()
	for name, source := range map[string]func(*atomic.Int64) mirror.Source{"dead": dead, "hole": hole} {
		var asked atomic.Int64
		d := open(t, Options{Key: log.Key(), Sources: []mirror.Source{source(&asked)}, Cache: openCache(t, dir)})
		var took []time.Duration
		for i := range 5 * modules {
			path, version := mod(i % modules)
			begin := time.Now()
			body, immutable, err := d.Answer(t.Context(), "/lookup/"+path+"@"+version)
			took = append(took, time.Since(begin))
			if err != nil || !immutable || !strings.Contains(string(body), mirrortest.H1(path+"@"+version)) {
				t.Fatalf("%s: %s %v", name, body, err)
			}
		}
		slices.Sort(took)
		// Not the slowest ones: those are the test machine's.
		if p50 := took[len(took)/2]; p50 > 100*time.Millisecond {
			t.Errorf("%s: p50 is %v", name, p50)
		} else {
			t.Logf("%s: p50 %v, p99 %v, longest %v", name, p50, took[len(took)*99/100], took[len(took)-1])
		}
		if n := asked.Load(); n != 0 {
			t.Errorf("%s: asked %d times", name, n)
		}
		// What is not here is trouble, never "not there".
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, _, err := d.Sums(ctx, "example.com/other", "v1.0.0"); !errors.Is(err, proxy.ErrUnavailable) || errors.Is(err, proxy.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
}

func TestClassesOfFailure(t *testing.T) {
	log := grown(1000, 10)
	var refused atomic.Int64
	d := open(t, Options{Key: log.Key(), Cache: openCache(t, t.TempDir()), Refuse: func(path string) bool { return strings.HasPrefix(path, "git.corp.example/") },
		Sources: []mirror.Source{func(ctx context.Context, path string) ([]byte, error) {
			if strings.Contains(path, "corp") {
				refused.Add(1)
			}
			return log.Read(ctx, path)
		}}})
	for _, tc := range []struct {
		path string
		want error
	}{
		{"/lookup/example.com/m@v1.0.3", nil},
		{"/supported", nil},
		{"/latest", nil},
		{"/tile/8/0/000", nil},
		{"/tile/8/0/000.p/7", nil},
		{"/lookup/example.com/none@v1.0.0", proxy.ErrNotFound},
		{"/lookup/git.corp.example/secret@v1.0.0", proxy.ErrBlocked}, // P20
		{"/lookup/example.com/M@v1.0.0", proxy.ErrNotFound},
		{"/lookup/example.com/m@v1", proxy.ErrNotFound},
		{"/lookup/example.com/m", proxy.ErrNotFound},
		{"/lookup/../../etc/passwd@v1.0.0", proxy.ErrNotFound}, // P1
		{"/tile/8/data/000", proxy.ErrNotFound},
		{"/tile/8/9/000", proxy.ErrNotFound},
		{"/tile/4/0/000", proxy.ErrNotFound},
		{"/tile/8/0/../000", proxy.ErrNotFound},
		{"/tile/8/0/999", proxy.ErrUnavailable},
		{"/else", proxy.ErrNotFound},
		{"", proxy.ErrNotFound},
	} {
		body, _, err := d.Answer(t.Context(), tc.path)
		if !errors.Is(err, tc.want) || tc.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", tc.path, err, tc.want)
		}
		if tc.want == nil && tc.path != "/supported" && len(body) == 0 {
			t.Errorf("%s: empty", tc.path)
		}
	}
	if _, _, err := d.Sums(t.Context(), "git.corp.example/secret", "v1.0.0"); !errors.Is(err, proxy.ErrBlocked) {
		t.Error(err)
	}
	if refused.Load() != 0 {
		t.Error("a private name left")
	}
	// A mirror that does not serve the database says 404 of everything: that is not
	// the database's word.
	none := func(context.Context, string) ([]byte, error) { return nil, proxy.Fail(proxy.ErrNotFound, "x", nil) }
	d = open(t, Options{Key: log.Key(), Cache: openCache(t, t.TempDir()), Sources: []mirror.Source{none}})
	if _, _, err := d.Sums(t.Context(), "example.com/none", "v1.0.0"); !errors.Is(err, proxy.ErrUnavailable) || errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("a mirror without the database: %v", err)
	}
	// One says it is not there, the other one says nothing.
	var n atomic.Int64
	d = open(t, Options{Key: log.Key(), Cache: openCache(t, t.TempDir()), Sources: []mirror.Source{log.Read, dead(&n)}})
	if _, _, err := d.Sums(t.Context(), "example.com/none", "v1.0.0"); !errors.Is(err, proxy.ErrUnavailable) || errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("not certain: %v", err)
	}
	// The pool of mirrors comes first and speaks for all.
	sure := func(ctx context.Context, path string) ([]byte, error) {
		data, err := log.Read(ctx, path)
		if err != nil {
			err = proxy.Fail(proxy.ErrNotFound, path, nil)
		}
		return data, err
	}
	n.Store(0)
	d = open(t, Options{Key: log.Key(), Cache: openCache(t, t.TempDir()), Sources: []mirror.Source{sure, dead(&n)}})
	if _, _, err := d.Sums(t.Context(), "example.com/none", "v1.0.0"); !errors.Is(err, proxy.ErrNotFound) || n.Load() != 0 {
		t.Errorf("certain: %v", err)
	}
	d = open(t, Options{Key: log.Key(), Cache: openCache(t, t.TempDir()), Sources: []mirror.Source{dead(&n), sure}})
	if _, _, err := d.Sums(t.Context(), "example.com/none", "v1.0.0"); !errors.Is(err, proxy.ErrUnavailable) || errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("certain alone: %v", err)
	}
	if _, err := Open(t.Context(), Options{Key: "nonsense", Cache: openCache(t, t.TempDir())}); err == nil {
		t.Error("a malformed key")
	}
}

// Whoever asked first may leave.
func TestP13LeaderLeaves(t *testing.T) {
	log := grown(1000, 10)
	var lookups atomic.Int64
	began, go_ := make(chan struct{}), make(chan struct{})
	d := open(t, Options{Key: log.Key(), Cache: openCache(t, t.TempDir()), Sources: []mirror.Source{func(ctx context.Context, path string) ([]byte, error) {
		if strings.HasPrefix(path, "/lookup/") {
			if lookups.Add(1) == 1 {
				close(began)
			}
			<-go_
		}
		return log.Read(ctx, path)
	}}})
	ctx, leave := context.WithCancel(t.Context())
	var first, all sync.WaitGroup
	first.Go(func() {
		if _, _, err := d.Sums(ctx, "example.com/m", "v1.0.1"); !errors.Is(err, proxy.ErrUnavailable) {
			t.Errorf("who left: %v", err)
		}
	})
	<-began
	for range 50 {
		all.Go(func() {
			if _, _, err := d.Sums(t.Context(), "example.com/m", "v1.0.1"); err != nil {
				t.Error(err)
			}
		})
	}
	leave()
	first.Wait()
	close(go_)
	all.Wait()
	if n := lookups.Load(); n != 1 {
		t.Errorf("%d lookups", n)
	}
}
