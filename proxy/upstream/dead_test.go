package upstream

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
)

// A dead mirror in front: how long until the next one has answered, at first and
// once it is known.
func TestDeadMirrorInFront(t *testing.T) {
	for name, tc := range map[string]struct {
		mirror      http.HandlerFunc
		list, later time.Duration // a list, at first and then at most
		fetch       time.Duration // a zip, nothing known
	}{
		"refused":    {nil, 0, 0, 0},
		"black hole": {silent, time.Second, 0, time.Second},
		"reset":      {reset, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				data := noise(10_000, 1)
				n, came := network{"good.test": listing(data)}, new(atomic.Int64)
				if tc.mirror != nil {
					n["dead.test"], came = counted(tc.mirror)
				}
				p := n.pool(t, Options{}, "dead.test", "good.test")
				for i := range 10 {
					begin := time.Now()
					if list, err := p.Versions(t.Context(), hello); err != nil || len(list) == 0 {
						t.Fatal(err)
					}
					if took := time.Since(begin); i == 0 && took != tc.list || i > 0 && took > tc.later {
						t.Errorf("list %d after %v", i, took)
					}
				}
				if h := p.Health(); h[0].URL != "http://good.test" {
					t.Errorf("it is still asked first: %+v", h)
				}
				if n := came.Load(); n > 2 {
					t.Errorf("it was asked %d times", n)
				}
				fresh := n.pool(t, Options{Begin: time.Second}, "dead.test", "good.test")
				d, got := file(t, nil)
				begin := time.Now()
				if err := fresh.Fetch(t.Context(), helloZip, d); err != nil || time.Since(begin) != tc.fetch || !bytes.Equal(got(), data) {
					t.Errorf("a zip: %v after %v", err, time.Since(begin))
				}
			})
		})
	}
}

// All mirrors dead: once the breakers are open, the answer comes at once and
// without a packet.
func TestAllDead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		hole, came := counted(silent)
		p := network{"hole.test": hole}.pool(t, Options{Rest: time.Hour}, "refused.test", "hole.test")
		var wg sync.WaitGroup
		for range breakAfter {
			// As the proxy's lists ask: with two seconds.
			wg.Go(func() {
				if _, err := p.Versions(within(t, 2*time.Second), hello); !errors.Is(err, proxy.ErrUnavailable) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		synctest.Wait()
		if p.Health()[0].State != Down {
			t.Fatalf("%+v", p.Health())
		}
		before, begin := came.Load(), time.Now()
		for range 1000 {
			_, err := p.Versions(t.Context(), hello)
			ferr := p.Fetch(t.Context(), helloZip, proxy.NewDownload(nowhere{}, 0))
			_, serr := p.SumSources("sum.mirror.test")[0](t.Context(), "/latest")
			for _, err := range []error{err, ferr, serr} {
				if !errors.Is(err, proxy.ErrUnavailable) || !strings.Contains(err.Error(), "left alone since") {
					t.Fatal(err)
				}
			}
		}
		if took := time.Since(begin); took != 0 || came.Load() != before {
			t.Errorf("%v were waited, the black hole was asked %d times", took, came.Load()-before)
		}
	})
}

// A mirror that is back is found without a request of anybody.
func TestTheBreakerCloses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var status atomic.Int64
		status.Store(http.StatusInternalServerError)
		url, came := counted(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) })
		var log lockedBuilder
		p := network{"a.test": url}.pool(t, Options{Rounds: 1, Log: slog.New(slog.NewTextHandler(&log, nil))}, "a.test")
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
		time.Sleep(40 * time.Second)
		synctest.Wait()
		if n := came.Load(); n != breakAfter+2 || p.Health()[0].State != Down { // it is tried every 15 s, and still fails
			t.Errorf("%d requests, %+v", n, p.Health())
		}
		status.Store(http.StatusNotFound)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if _, err := p.Versions(t.Context(), hello); !errors.Is(err, proxy.ErrNotFound) || p.Health()[0].State != Up {
			t.Errorf("%v, %+v", err, p.Health())
		}
		if s := log.String(); strings.Count(s, "mirror left alone") != 1 || strings.Count(s, "mirror is back") != 1 {
			t.Error(s)
		}
	})
}

// One path that a mirror always fails at, be it the last that it ever answered,
// does not keep it from being asked for all others.
func TestTheBreakerClosesBesideABadPath(t *testing.T) {
	for name, before := range map[string]int{"never answered": 0, "answered once": 1} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var came atomic.Int64
				p := network{"a.test": func(w http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(r.URL.Path, "/bad.example/") && came.Add(1) > int64(before) {
						w.WriteHeader(http.StatusInternalServerError)
						return
					}
					_, _ = io.WriteString(w, "v1.0.0\n")
				}}.pool(t, Options{Rounds: 1}, "a.test")
				for range before + breakAfter {
					_, _ = p.Versions(t.Context(), "bad.example/mod")
				}
				if _, err := p.Versions(t.Context(), hello); err == nil {
					t.Fatal("the breaker is not open")
				}
				time.Sleep(40 * time.Second) // twice it was tried
				if _, err := p.Versions(t.Context(), hello); err != nil {
					t.Error(err)
				}
			})
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
	p := pool(t, Options{Rest: time.Hour, Rounds: 1, Now: c.Now}, s.URL(mirrortest.OK), refused)
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
	alone := pool(t, Options{Rest: time.Hour, Now: c.Now}, refused)
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
	bubble(t, func(t *testing.T) {
		var fails atomic.Int64
		flaky, came := counted(func(w http.ResponseWriter, r *http.Request) {
			if fails.Add(-1) >= 0 {
				reset(w, r)
			}
			_, _ = io.WriteString(w, "v1.0.0\n")
		})
		n := network{"flaky.test": flaky, "hole.test": silent}
		fails.Store(2)
		if _, err := n.pool(t, Options{}, "flaky.test").Versions(t.Context(), hello); err != nil || came.Load() != 3 {
			t.Errorf("%v after %d requests", err, came.Load())
		}
		fails.Store(100)
		begin := time.Now()
		if _, err := n.pool(t, Options{}, "flaky.test").Versions(within(t, 50*time.Millisecond), hello); !errors.Is(err, proxy.ErrUnavailable) || time.Since(begin) > 50*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		p := n.pool(t, Options{}, "hole.test")
		if _, err := p.Versions(ctx, hello); !errors.Is(err, context.Canceled) || !errors.Is(err, proxy.ErrUnavailable) {
			t.Error(err)
		}
		synctest.Wait()
		if h := p.Health()[0]; h.Failures != 0 {
			t.Errorf("a client that left is the mirror's failure: %+v", h)
		}
	})
}

// Close ends what is under way.
func TestClose(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := network{"hole.test": silent}.pool(t, Options{}, "hole.test")
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
		synctest.Wait()
		begin := time.Now()
		p.Close()
		wg.Wait()
		if took := time.Since(begin); took != 0 {
			t.Errorf("closing took %v", took)
		}
		if _, err := p.Versions(t.Context(), hello); !errors.Is(err, proxy.ErrUnavailable) {
			t.Error(err)
		}
	})
}
