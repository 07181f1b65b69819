package bucket

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"
)

// The link has to carry as many bytes a second as it says, within 2 %, in both
// directions, alone and shared. A link that is too fast fails at once. Times
// only ever get longer on a busy machine, so the best of five counts, and the
// bound above is wide enough for one that tests other packages at the same time.
func TestLinkRate(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const mb = 1 << 20
	for _, l := range []struct {
		rate  RateLimit
		conns int
		size  int // each
		floor time.Duration
	}{
		{RateLimit{PerConnection: 4 * mb}, 1, 2 * mb, 500 * time.Millisecond},
		{RateLimit{PerConnection: 4 * mb}, 4, 2 * mb, 500 * time.Millisecond},
		{RateLimit{PerConnection: 10 * mb, Total: 16 * mb}, 4, 2 * mb, 500 * time.Millisecond},
		{RateLimit{Total: 80 * mb}, 8, 5 * mb, 500 * time.Millisecond},
	} {
		for _, method := range []string{"PUT", "GET"} {
			t.Run(fmt.Sprintf("%s %d×%d MiB at %d/%d", method, l.conns, l.size/mb, l.rate.PerConnection/mb, l.rate.Total/mb), func(t *testing.T) {
				body := bytes.Repeat([]byte("x"), l.size)
				move := func(c *client) time.Duration {
					began := time.Now()
					var wg sync.WaitGroup
					for i := range l.conns {
						wg.Go(func() {
							if method == "GET" {
								c.do("GET", "/big", "big", nil)
							} else {
								c.do("PUT", fmt.Sprint("/", i), fmt.Sprint(i), body)
							}
						})
					}
					wg.Wait()
					return time.Since(began)
				}
				c, free := start(t, Options{Rate: l.rate}), start(t, Options{})
				c.s.PutObject("big", body, nil)
				free.s.PutObject("big", body, nil)
				var best float64
				for range 5 {
					busy := move(free) // what it takes here and now without a limit
					ratio := float64(move(c)) / float64(l.floor)
					if ratio < 0.98 {
						t.Fatalf("%.3f of the time the link needs", ratio)
					}
					if ratio -= float64(busy) / float64(l.floor); best == 0 || ratio < best {
						best = ratio
					}
					if best <= 1.02 {
						break
					}
				}
				t.Logf("%.3f × the floor, beside what it takes without a limit", best)
				if best > 1.10 {
					t.Errorf("%.3f × the floor", best)
				}
			})
		}
	}
}

func TestLane(t *testing.T) {
	l := newLane(1000, credit)
	now := l.free
	for i := 1; i <= 100; i++ {
		if got, want := l.reserve(10, now, false), now.Add(time.Duration(i)*10*time.Millisecond); got.Sub(want).Abs() > time.Microsecond {
			t.Fatalf("after %d reservations: %v, want %v", i, got, want)
		}
	}
	later := now.Add(time.Hour) // idleness is not saved up
	if got := l.reserve(1000, later, false); got.Sub(later) != time.Second-slack {
		t.Errorf("after an hour: %v", got.Sub(later))
	}
	late := later.Add(time.Second + 30*time.Millisecond) // but oversleeping is made good
	if got := l.reserve(1000, late, true); got.Sub(late) != time.Second-30*time.Millisecond-slack {
		t.Errorf("after sleeping too long: %v", got.Sub(late))
	}
	var none *lane
	if got := none.reserve(1<<30, now, true); got != now {
		t.Errorf("no limit: %v", got.Sub(now))
	}
}
