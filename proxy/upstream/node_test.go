package upstream

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func order(p *Pool) string {
	var out []string
	for _, n := range p.ordered() {
		out = append(out, strings.TrimPrefix(n.name, "https://"))
	}
	return strings.Join(out, " ")
}

func TestOrder(t *testing.T) {
	c := newClock()
	p := pool(t, Options{Now: c.Now}, "a.test", "b.test", "c.test")
	a, b := p.nodes[0], p.nodes[1]
	for _, step := range []struct {
		what string
		do   func()
		want string
	}{
		{"nothing is known", func() {}, "a.test b.test c.test"},
		{"about equally fast", func() { a.answered(90*time.Millisecond, ""); b.answered(20*time.Millisecond, "") }, "a.test b.test c.test"},
		{"one failure", func() { a.broke(mirror.Timeout) }, "a.test b.test c.test"},
		{"a second one", func() { a.broke(mirror.Timeout) }, "b.test c.test a.test"},
		{"one answer is not enough", func() { a.answered(90*time.Millisecond, "") }, "b.test c.test a.test"},
		{"but six are", func() {
			for range 6 {
				a.answered(90*time.Millisecond, "")
			}
		}, "a.test b.test c.test"},
		{"much slower", func() {
			for range 20 {
				a.answered(time.Second, "")
			}
		}, "b.test c.test a.test"},
		{"slow too", func() { b.slow(5 * time.Second) }, "c.test a.test b.test"},
		{"what was long ago", func() { c.Add(memory + time.Second) }, "a.test b.test c.test"},
		{"a filtering one", func() {
			for range 4 {
				a.refused(mirror.Denied)
			}
		}, "b.test c.test a.test"},
	} {
		step.do()
		if got := order(p); got != step.want {
			t.Errorf("%s: %s, want %s: %+v", step.what, got, step.want, p.Health())
		}
	}
	if p.Health()[2].State != Up {
		t.Error("a 403 opens the breaker")
	}
}

// Two mirrors at a border of the ranks do not change places with every answer.
func TestOrderIsStable(t *testing.T) {
	c := newClock()
	p := pool(t, Options{Now: c.Now}, "a.test", "b.test")
	changes, last := 0, order(p)
	for i := range 200 {
		for j, n := range p.nodes {
			n.answered(time.Duration(180+(i*7+j*13)%50)*time.Millisecond, "")
		}
		if now := order(p); now != last {
			changes, last = changes+1, now
		}
	}
	if changes > 2 {
		t.Errorf("%d changes", changes)
	}
}

// Five failures open the breaker only when they are within 30 s, and with no answer
// between them.
func TestWhenTheBreakerOpens(t *testing.T) {
	for name, tc := range map[string]struct {
		step   time.Duration
		answer int // an answer after so many failures; 0 = none
		opens  bool
	}{
		"at once":      {0, 0, true},
		"within 28 s":  {7 * time.Second, 0, true},
		"within 32 s":  {8 * time.Second, 0, false},
		"with a break": {0, 3, false},
	} {
		c := newClock()
		n := &node{now: c.Now}
		n.forget()
		opened := false
		for i := range breakAfter {
			if tc.answer > 0 && i == tc.answer {
				n.answered(time.Millisecond, "")
			}
			opened = n.broke(mirror.Server) || opened
			c.Add(tc.step)
		}
		if ok, _ := n.usable(); opened != tc.opens || ok == tc.opens {
			t.Errorf("%s: opens %v", name, opened)
		}
	}
}

// Hedging: one request where the first mirror is as fast as ever, two where it is
// late; the late one sinks.
func TestHedging(t *testing.T) {
	bubble(t, func(t *testing.T) {
		fast, came := counted(late(20*time.Millisecond, listing(nil)))
		slow, lately := counted(late(1500*time.Millisecond, listing(nil)))
		n := network{"fast.test": fast, "slow.test": slow}
		p := n.pool(t, Options{}, "fast.test", "slow.test")
		for range 50 {
			if _, err := p.Versions(t.Context(), hello); err != nil {
				t.Fatal(err)
			}
		}
		if a, b := came.Load(), lately.Load(); a != 50 || b != 0 {
			t.Errorf("%d and %d requests", a, b)
		}
		came.Store(0)
		p = n.pool(t, Options{}, "slow.test", "fast.test")
		begin := time.Now()
		for range 20 {
			if _, err := p.Versions(t.Context(), hello); err != nil {
				t.Fatal(err)
			}
		}
		// Once it is waited for as long as is usual.
		if took := time.Since(begin); took != time.Second+20*20*time.Millisecond || came.Load() != 20 || lately.Load() != 1 {
			t.Errorf("20 lists after %v, %d and %d requests", took, came.Load(), lately.Load())
		}
	})
}

// Many at once, some of whom leave: for the race detector, and nothing is left.
func TestManyAtOnce(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	flaky := handler(t, func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path)%2 == 0 {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w, "v1.0.0\n")
	})
	p := pool(t, Options{Rest: 5 * time.Millisecond}, s.URL(mirrortest.Reset), flaky, s.URL(mirrortest.OK))
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			ctx := t.Context()
			if i%5 == 0 {
				ctx = within(t, time.Duration(i)*100*time.Microsecond)
			}
			_, _ = p.Versions(ctx, fmt.Sprint("example.com/", strings.Repeat("x", i%7)))
			_ = p.Fetch(ctx, helloMod, newNowhere())
			_ = p.Fetch(ctx, helloZip, newNowhere())
			_ = p.Health()
		})
	}
	wg.Wait()
	d, _ := file(t, nil)
	if err := p.Fetch(t.Context(), helloZip, d); err != nil {
		t.Error(err)
	}
}
