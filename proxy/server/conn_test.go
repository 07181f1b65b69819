package server

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// pair is a connection of ours and the client at its other end.
func pair(t *testing.T, stall time.Duration) (ours *conn, client net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	clock := newClock()
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { clock.run(ctx, 10*time.Millisecond) })
	c, err := patient{l, stall, clock}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); client.Close(); cancel(); done.Wait() })
	return c.(*conn), client
}

// A clock that is set back by an hour would let no deadline be moved for an hour, and
// every answer on a connection that is open would break off after 30 s.
func TestClockIsNotTheWalls(t *testing.T) {
	c := newClock()
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { c.run(ctx, time.Millisecond) })
	defer done.Wait()
	defer cancel()
	for first := c.now(); !c.now().After(first); time.Sleep(time.Millisecond) {
	}
	if now := c.now(); !strings.Contains(now.String(), " m=") || time.Since(now) > time.Minute {
		t.Errorf("%v has no monotonic reading", now)
	}
}

// However deadlines come and go, a Read ends at the one that was asked for last. Those
// that are set during the Read come long before the end of those that they replace.
func TestReadDeadlines(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) time.Time { return time.Now().Add(d) }
	for name, tc := range map[string]struct {
		before []time.Duration // set one after the other; 0 = none
		during time.Duration   // set 50 ms into the Read; 0 = nothing is
		want   time.Duration   // when it ends
	}{
		"one":                        {before: []time.Duration{200 * time.Millisecond}, want: 200 * time.Millisecond},
		"a later one":                {before: []time.Duration{100 * time.Millisecond, 300 * time.Millisecond}, want: 300 * time.Millisecond},
		"an earlier one":             {before: []time.Duration{time.Hour, 200 * time.Millisecond}, want: 200 * time.Millisecond},
		"none, then one":             {before: []time.Duration{time.Hour, 0, 200 * time.Millisecond}, want: 200 * time.Millisecond},
		"in the past":                {before: []time.Duration{-time.Hour}, want: 0},
		"in the past, then":          {before: []time.Duration{-time.Hour, 200 * time.Millisecond}, want: 200 * time.Millisecond},
		"while it waits":             {before: []time.Duration{0}, during: 150 * time.Millisecond, want: 200 * time.Millisecond},
		"earlier, while it waits":    {before: []time.Duration{time.Hour}, during: 150 * time.Millisecond, want: 200 * time.Millisecond},
		"later, while it waits":      {before: []time.Duration{3 * time.Second}, during: 4 * time.Second, want: 4050 * time.Millisecond},
		"broken off, while it waits": {before: []time.Duration{time.Hour}, during: -time.Hour, want: 50 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := pair(t, time.Minute)
			// Something was set and read before, as on a connection in use.
			_ = c.SetReadDeadline(in(100 * time.Millisecond))
			_, _ = c.Read(make([]byte, 1))
			start := time.Now()
			for _, d := range tc.before {
				at := time.Time{}
				if d != 0 {
					at = in(d)
				}
				if err := c.SetReadDeadline(at); err != nil {
					t.Fatal(err)
				}
			}
			if tc.during != 0 {
				time.AfterFunc(50*time.Millisecond, func() { _ = c.SetReadDeadline(in(tc.during)) })
			}
			_, err := c.Read(make([]byte, 1))
			took := time.Since(start)
			if !errors.Is(err, os.ErrDeadlineExceeded) || took < tc.want-30*time.Millisecond || took > tc.want+20*time.Second {
				t.Errorf("%v after %v, want %v", err, took, tc.want)
			}
		})
	}
}

// A deadline that was taken back does not end anything, and data is data.
func TestReadWithoutDeadline(t *testing.T) {
	t.Parallel()
	c, client := pair(t, time.Minute)
	_ = c.SetReadDeadline(time.Now().Add(2 * time.Second)) // which is set: the Read waits
	go func() { _, _ = client.Write([]byte("a")) }()
	b := make([]byte, 8)
	if n, err := c.Read(b); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	_ = c.SetReadDeadline(time.Time{})
	time.AfterFunc(2500*time.Millisecond, func() { _, _ = client.Write([]byte("b")) })
	if n, err := c.Read(b); n != 1 || err != nil || b[0] != 'b' {
		t.Errorf("%d %v", n, err)
	}
	client.Close()
	if _, err := c.Read(b); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

// A client that takes nothing is let go; one that takes a little now and then is not.
func TestWriteStalls(t *testing.T) {
	t.Parallel()
	huge := make([]byte, 64<<20)
	c, _ := pair(t, 200*time.Millisecond)
	start := time.Now()
	if _, err := c.Write(huge); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) > 20*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	c, client := pair(t, 3*time.Second) // far more than a piece takes, less than the whole
	_ = c.SetWriteBuffer(64 << 10)
	go func() {
		buf := make([]byte, 64<<10)
		for {
			if _, err := client.Read(buf); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	start = time.Now()
	if n, err := c.Write(huge[:16<<20]); n != 16<<20 || err != nil {
		t.Errorf("%d %v after %v", n, err, time.Since(start))
	}
	if took := time.Since(start); took < 3*time.Second {
		t.Errorf("it was over in %v: this shows nothing", took)
	}
}

// After a write that failed nothing goes out.
func TestNothingAfterAFailedWrite(t *testing.T) {
	t.Parallel()
	file, err := os.Open("conn.go")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c, client := pair(t, time.Minute)
	c.due = time.Now().Add(time.Hour) // as it is thought of where the clock stood still
	if err := c.TCPConn.SetWriteDeadline(time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("header")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	c.due = time.Time{} // and goes on
	if n, err := c.ReadFrom(&io.LimitedReader{R: file, N: 100}); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a file: %d bytes, %v", n, err)
	}
	if n, err := c.ReadFrom(strings.NewReader("text")); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a text: %d bytes, %v", n, err)
	}
	_ = c.Close()
	if b, err := io.ReadAll(client); len(b) > 0 {
		t.Errorf("the client got %q, %v", b, err)
	}
}
