package bucket

import (
	"net"
	"sync"
	"time"
)

// link is a throttled line. Bytes arrive when the line had time to carry them:
// a reservation moves the end of the line's queue, and the caller sleeps until
// then. Sleeping too long on a busy machine must not make the line slower, so
// what a lane missed while bytes were waiting is made good; what it missed
// because nobody sent anything is not.
type link struct {
	rate     RateLimit
	up, down *lane
}

// How much of its past a lane may still use: after a pause, while bytes were
// waiting on a connection, and the same for the total, where one connection's
// bytes must not buy the idleness of all.
const (
	slack       = 5 * time.Millisecond
	credit      = 50 * time.Millisecond
	totalCredit = 25 * time.Millisecond
)

// waiting is how long a read takes at most that finds bytes already there.
const waiting = time.Millisecond

// socketBuffer keeps the kernel from swallowing what the line has not carried.
const socketBuffer = 1 << 20

func newLink(r RateLimit) *link {
	return &link{rate: r, up: newLane(r.Total, totalCredit), down: newLane(r.Total, totalCredit)}
}

// join puts a connection on the line.
func (l *link) join(c net.Conn) net.Conn {
	if l.rate == (RateLimit{}) {
		return c
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(socketBuffer) // best effort: total time does not depend on it
		_ = tcp.SetWriteBuffer(socketBuffer)
	}
	own := l.rate.PerConnection
	return &linkConn{
		Conn: c, closed: make(chan struct{}),
		up: [2]*lane{newLane(own, credit), l.up}, down: [2]*lane{newLane(own, credit), l.down},
		chunk: chunkSize(l.rate),
	}
}

// chunkSize is what a connection moves at once: some milliseconds' worth, and
// at most 16 KiB: 64 KiB made a link of 80 MB/s 20 % slower than it should be.
func chunkSize(r RateLimit) int {
	rate := r.PerConnection
	if rate == 0 || r.Total > 0 && r.Total < rate {
		rate = r.Total
	}
	return int(min(max(rate/200, 512), 16<<10))
}

// lane is one direction. The nil lane has no limit.
type lane struct {
	mu     sync.Mutex
	rate   float64 // bytes a nanosecond
	credit time.Duration
	free   time.Time
	busy   bool // it was, at the last reservation
}

func newLane(rate int64, credit time.Duration) *lane {
	if rate <= 0 {
		return nil
	}
	return &lane{rate: float64(rate) / float64(time.Second), credit: credit, free: time.Now()}
}

// reserve returns when n bytes will have passed. queued tells that they have
// been waiting for the line.
func (l *lane) reserve(n int, now time.Time, queued bool) time.Time {
	if l == nil {
		return now
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	past := slack
	if queued && l.busy {
		past = l.credit
	}
	if earliest := now.Add(-past); l.free.Before(earliest) {
		l.free = earliest
	}
	l.free = l.free.Add(time.Duration(float64(n) / l.rate))
	l.busy = l.free.After(now)
	return l.free
}

type linkConn struct {
	net.Conn
	up, down [2]*lane
	chunk    int
	once     sync.Once
	closed   chan struct{}
}

func (c *linkConn) Read(p []byte) (int, error) {
	began := time.Now()
	n, err := c.Conn.Read(p[:min(len(p), c.chunk)])
	c.wait(c.up, n, time.Since(began) < waiting)
	return n, err
}

func (c *linkConn) Write(p []byte) (int, error) {
	sent := 0
	for sent < len(p) {
		next := p[sent:min(len(p), sent+c.chunk)]
		c.wait(c.down, len(next), sent > 0) // the client must not see them before
		n, err := c.Conn.Write(next)
		sent += n
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

func (c *linkConn) wait(lanes [2]*lane, n int, queued bool) {
	if n == 0 {
		return
	}
	now := time.Now()
	until := now
	for _, l := range lanes {
		if t := l.reserve(n, now, queued); t.After(until) {
			until = t
		}
	}
	if !until.After(now) {
		return
	}
	timer := time.NewTimer(until.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.closed:
	}
}

func (c *linkConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}
