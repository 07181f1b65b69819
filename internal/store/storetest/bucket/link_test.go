package bucket

import (
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const mb = 1 << 20

// The link has to carry as many bytes a second as it says, within 2 %, in both
// directions, alone and shared. By a clock of the test's own, for a busy machine
// makes every link slower.
func TestLinkRate(t *testing.T) {
	for _, l := range []struct {
		rate  RateLimit
		conns int
		size  int // each
		takes time.Duration
	}{
		{RateLimit{PerConnection: 4 * mb}, 1, 2 * mb, 500 * time.Millisecond},
		{RateLimit{PerConnection: 4 * mb}, 4, 2 * mb, 500 * time.Millisecond},
		{RateLimit{PerConnection: 10 * mb, Total: 16 * mb}, 4, 2 * mb, 500 * time.Millisecond},
		{RateLimit{Total: 80 * mb}, 8, 5 * mb, 500 * time.Millisecond},
	} {
		for _, up := range []bool{true, false} {
			t.Run(fmt.Sprintf("up=%v %d×%d MiB at %d/%d", up, l.conns, l.size/mb, l.rate.PerConnection/mb, l.rate.Total/mb), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					line, body, began := newLink(l.rate), make([]byte, l.size), time.Now()
					var wg sync.WaitGroup
					for range l.conns {
						client, server := net.Pipe()
						from, to := client, line.join(server)
						if !up {
							from, to = to, from
						}
						wg.Go(func() {
							if _, err := from.Write(body); err != nil {
								t.Error(err)
							}
						})
						wg.Go(func() {
							if _, err := io.ReadFull(to, make([]byte, l.size)); err != nil {
								t.Error(err)
							}
						})
					}
					wg.Wait()
					if ratio := float64(time.Since(began)) / float64(l.takes); ratio < 0.98 || ratio > 1.02 {
						t.Errorf("%.3f of the time that the link needs", ratio)
					}
				})
			})
		}
	}
}

// A server's connections are on its line.
func TestServerOnALink(t *testing.T) {
	c := start(t, Options{Rate: RateLimit{PerConnection: 4 * mb}})
	body := make([]byte, mb)
	for _, method := range []string{"PUT", "GET"} {
		began := time.Now()
		if a := c.do(method, "/big", "big", body); a.status != 200 || time.Since(began) < 240*time.Millisecond {
			t.Errorf("%s: %d %v after %v", method, a.status, a.err, time.Since(began))
		}
		body = nil
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
