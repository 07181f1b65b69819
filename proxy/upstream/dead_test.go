package upstream

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
)

// A dead mirror in front: how long until the next one has answered, at first and
// once it is known.
func TestDeadMirrorInFront(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	hole, came := blackHole(t)
	for name, tc := range map[string]struct {
		url          string
		first, later time.Duration // at most
		fetch        time.Duration // a zip, nothing known
	}{
		"refused":    {refused(t), 500 * time.Millisecond, 500 * time.Millisecond, 500 * time.Millisecond},
		"black hole": {hole, 2 * time.Second, 500 * time.Millisecond, 2 * time.Second},
		"reset":      {s.URL(mirrortest.Reset), 500 * time.Millisecond, 500 * time.Millisecond, 500 * time.Millisecond},
	} {
		p := pool(t, Options{}, tc.url, s.URL(mirrortest.OK))
		var took []time.Duration
		for range 10 {
			begin := time.Now()
			if list, err := p.Versions(t.Context(), hello); err != nil || len(list) == 0 {
				t.Fatalf("%s: %v", name, err)
			}
			took = append(took, time.Since(begin))
		}
		if took[0] > tc.first || slices.Max(took[1:]) > tc.later {
			t.Errorf("%s: %v", name, took)
		}
		if h := p.Health(); h[0].URL != s.URL(mirrortest.OK) {
			t.Errorf("%s is still asked first: %+v", name, h)
		}
		fresh := pool(t, Options{Begin: time.Second}, tc.url, s.URL(mirrortest.OK))
		d, _ := file(t, nil)
		begin := time.Now()
		if err := fresh.Fetch(t.Context(), helloZip, d); err != nil || time.Since(begin) > tc.fetch {
			t.Errorf("%s: a zip: %v after %v", name, err, time.Since(begin))
		}
		t.Logf("%s: a list after %v, then after at most %v; a zip with nothing known after %v", name, took[0], slices.Max(took[1:]), time.Since(begin))
	}
	if n := came.Load(); n > 4 {
		t.Errorf("the black hole was asked %d times", n)
	}
}

// All mirrors dead: once the breakers are open, the answer comes at once and
// without a packet.
func TestAllDead(t *testing.T) {
	hole, came := blackHole(t)
	p := pool(t, Options{Rest: time.Hour}, refused(t), hole)
	var wg sync.WaitGroup
	for range breakAfter {
		// As the proxy's lists ask: with two seconds, of which one is enough here.
		wg.Go(func() {
			if _, err := p.Versions(within(t, 1200*time.Millisecond), hello); !errors.Is(err, proxy.ErrUnavailable) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for end := time.Now().Add(time.Second); p.Health()[0].State != Down; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%+v", p.Health())
		}
	}
	before := came.Load()
	var took []time.Duration
	for range 1000 {
		d := proxy.NewDownload(nowhere{}, 0)
		begin := time.Now()
		_, err := p.Versions(t.Context(), hello)
		ferr := p.Fetch(t.Context(), helloZip, d)
		_, serr := p.SumSources("sum.mirror.test")[0](t.Context(), "/latest")
		took = append(took, time.Since(begin)/3)
		for _, err := range []error{err, ferr, serr} {
			if !errors.Is(err, proxy.ErrUnavailable) || !strings.Contains(err.Error(), "left alone since") {
				t.Fatal(err)
			}
		}
	}
	slices.Sort(took)
	// Not the slowest ones: those are the test machine's.
	if took[500] > time.Millisecond {
		t.Errorf("median %v", took[500])
	}
	if came.Load() != before {
		t.Error("the black hole was asked")
	}
	t.Logf("a dead pool answers in %v (median), %v (p99), %v (longest)", took[500], took[990], took[999])
}

// switchable is a mirror that answers with a status until it is told another.
func switchable(t *testing.T) (url string, status *atomic.Int64, came *atomic.Int64) {
	status, came = new(atomic.Int64), new(atomic.Int64)
	status.Store(http.StatusOK)
	return handler(t, func(w http.ResponseWriter, _ *http.Request) {
		came.Add(1)
		w.WriteHeader(int(status.Load()))
		_, _ = io.WriteString(w, "v1.0.0\n")
	}), status, came
}

// A mirror that is back is found without a request of anybody.
func TestTheBreakerCloses(t *testing.T) {
	url, status, came := switchable(t)
	var log lockedBuilder
	p := pool(t, Options{Rest: 20 * time.Millisecond, Rounds: 1, Log: slog.New(slog.NewTextHandler(&log, nil))}, url)
	status.Store(http.StatusInternalServerError)
	for i := range breakAfter {
		if state := p.Health()[0].State; state != Up {
			t.Fatalf("%s after %d failures", state, i)
		}
		if _, err := p.Versions(t.Context(), hello); !errors.Is(err, proxy.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	if h := p.Health()[0]; h.State != Down || h.LastError != mirror.Server {
		t.Fatalf("%+v", h)
	}
	for seen := came.Load(); came.Load() < seen+2; time.Sleep(time.Millisecond) {
	} // it is tried, and still fails
	if p.Health()[0].State != Down {
		t.Error("a failing mirror is up")
	}
	status.Store(http.StatusNotFound)
	for end := time.Now().Add(5 * time.Second); p.Health()[0].State != Up; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the mirror stays down")
		}
	}
	if _, err := p.Versions(t.Context(), hello); !errors.Is(err, proxy.ErrNotFound) {
		t.Error(err)
	}
	if s := log.String(); strings.Count(s, "mirror left alone") != 1 || strings.Count(s, "mirror is back") != 1 {
		t.Error(s)
	}
}

// One path that a mirror always fails at, be it the last that it ever answered,
// does not keep it from being asked for all others.
func TestTheBreakerClosesBesideABadPath(t *testing.T) {
	for name, before := range map[string]int{"never answered": 0, "answered once": 1} {
		t.Run(name, func(t *testing.T) {
			var came atomic.Int64
			url := handler(t, func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/bad.example/") && came.Add(1) > int64(before) {
					w.WriteHeader(http.StatusInternalServerError)
					return
				}
				_, _ = io.WriteString(w, "v1.0.0\n")
			})
			p := pool(t, Options{Rest: 20 * time.Millisecond, Rounds: 1}, url)
			for range before + breakAfter {
				_, _ = p.Versions(t.Context(), "bad.example/mod")
			}
			for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
				_, err := p.Versions(t.Context(), hello)
				if err == nil {
					break
				}
				if time.Now().After(end) {
					t.Fatal(err)
				}
			}
		})
	}
}

type lockedBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuilder) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuilder) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// An open breaker makes "not there" unknown for five minutes; after that one dead
// entry in the list no longer does.
func TestNotThereWhileOneIsDead(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	c := newClock()
	p := pool(t, Options{Rest: time.Hour, Rounds: 1, Now: c.Now}, s.URL(mirrortest.OK), refused(t))
	for range breakAfter + 1 {
		if _, err := p.Versions(t.Context(), "example.com/absent"); !errors.Is(err, proxy.ErrUnavailable) {
			t.Error(err)
		}
	}
	c.Add(givenUp - time.Second)
	if _, err := p.Versions(t.Context(), "example.com/absent"); !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("before: %v", err)
	}
	c.Add(time.Second)
	if _, err := p.Versions(t.Context(), "example.com/absent"); !errors.Is(err, proxy.ErrNotFound) {
		t.Errorf("after: %v", err)
	}
	// But nobody's word is no word.
	alone := pool(t, Options{Rest: time.Hour, Now: c.Now}, refused(t))
	for range breakAfter {
		_, _ = alone.Versions(t.Context(), hello)
	}
	c.Add(time.Hour)
	if _, err := alone.Versions(t.Context(), hello); !errors.Is(err, proxy.ErrUnavailable) {
		t.Error(err)
	}
}

// Retry-After is kept to, and waited for where that is soon.
func TestRetryAfter(t *testing.T) {
	var came atomic.Int64
	after := "1"
	busy := handler(t, func(w http.ResponseWriter, _ *http.Request) {
		if came.Add(1) == 1 {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_, _ = io.WriteString(w, "v1.0.0\n")
	})
	begin := time.Now()
	if _, err := pool(t, Options{}, busy).Versions(t.Context(), hello); err != nil || time.Since(begin) < time.Second || came.Load() != 2 {
		t.Errorf("%v after %v, %d requests", err, time.Since(begin), came.Load())
	}
	came.Store(0)
	after = "60"
	c := newClock()
	p := pool(t, Options{Now: c.Now}, busy)
	for range 3 {
		if _, err := p.Versions(t.Context(), hello); !errors.Is(err, proxy.ErrUnavailable) || p.Health()[0].State != Held {
			t.Errorf("%v, %+v", err, p.Health())
		}
	}
	if came.Load() != 1 {
		t.Errorf("asked %d times", came.Load())
	}
	c.Add(time.Minute)
	if _, err := p.Versions(t.Context(), hello); err != nil || p.Health()[0].State != Up {
		t.Errorf("%v, %+v", err, p.Health())
	}
}

// What may pass is tried again, in the time that there is.
func TestRepetitions(t *testing.T) {
	var came atomic.Int64
	flaky := handler(t, func(w http.ResponseWriter, _ *http.Request) {
		if came.Add(1) < 3 {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, "v1.0.0\n")
	})
	if _, err := pool(t, Options{}, flaky).Versions(t.Context(), hello); err != nil || came.Load() != 3 {
		t.Errorf("%v after %d requests", err, came.Load())
	}
	came.Store(-100)
	begin := time.Now()
	if _, err := pool(t, Options{}, flaky).Versions(within(t, 50*time.Millisecond), hello); !errors.Is(err, proxy.ErrUnavailable) || time.Since(begin) > time.Second {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	hole, _ := blackHole(t)
	p := pool(t, Options{}, hole)
	if _, err := p.Versions(ctx, hello); !errors.Is(err, context.Canceled) || !errors.Is(err, proxy.ErrUnavailable) {
		t.Error(err)
	}
	if h := p.Health()[0]; h.Failures != 0 {
		t.Errorf("a client that left is the mirror's failure: %+v", h)
	}
}

// Close ends what is under way.
func TestClose(t *testing.T) {
	hole, came := blackHole(t)
	p, err := New(Options{Mirrors: []string{hole}, HTTP: httpx.Options{}})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := p.Versions(t.Context(), hello); !errors.Is(err, proxy.ErrUnavailable) {
			t.Error(err)
		}
	})
	wg.Go(func() {
		if err := p.Fetch(t.Context(), helloZip, proxy.NewDownload(nowhere{}, 0)); !errors.Is(err, proxy.ErrUnavailable) {
			t.Error(err)
		}
	})
	for came.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	begin := time.Now()
	p.Close()
	wg.Wait()
	if time.Since(begin) > time.Second {
		t.Errorf("closing took %v", time.Since(begin))
	}
	if _, err := p.Versions(t.Context(), hello); !errors.Is(err, proxy.ErrUnavailable) {
		t.Error(err)
	}
}
