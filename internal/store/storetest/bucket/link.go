package bucket

import (
	"net"
	"sync"
	"time"
)

// link is a throttled line. Bytes arrive when the line had time to carry them:
// a reservation moves the end of the line's queue, and the caller sleeps until
// then. What a sleep oversleeps is made good, up to slack, so that the rate
// holds on a busy machine; a connection that was idle gains no more than that.
type link struct {
	rate     RateLimit
	up, down *lane
}

// slack is how much of a lane's past may still be used.
const slack = 5 * time.Millisecond

// socketBuffer keeps the kernel from swallowing what the line has not carried.
const socketBuffer = 256 << 10

func newLink(r RateLimit) *link { return &link{rate: r, up: newLane(r.Total), down: newLane(r.Total)} }

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
		up: [2]*lane{newLane(own), l.up}, down: [2]*lane{newLane(own), l.down},
		chunk: chunkSize(l.rate),
	}
}

// chunkSize is what a connection moves at once: some milliseconds' worth.
func chunkSize(r RateLimit) int {
	rate := r.PerConnection
	if rate == 0 || r.Total > 0 && r.Total < rate {
		rate = r.Total
	}
	return int(min(max(rate/200, 512), 64<<10))
}

// lane is one direction. The nil lane has no limit.
type lane struct {
	mu   sync.Mutex
	rate float64 // bytes a nanosecond
	free time.Time
}

func newLane(rate int64) *lane {
	if rate <= 0 {
		return nil
	}
	return &lane{rate: float64(rate) / float64(time.Second)}
}

// reserve returns when n bytes will have passed.
func (l *lane) reserve(n int, now time.Time) time.Time {
	if l == nil {
		return now
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if earliest := now.Add(-slack); l.free.Before(earliest) {
		l.free = earliest
	}
	l.free = l.free.Add(time.Duration(float64(n) / l.rate))
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
	n, err := c.Conn.Read(p[:min(len(p), c.chunk)])
	c.wait(c.up, n)
	return n, err
}

func (c *linkConn) Write(p []byte) (int, error) {
	sent := 0
	for sent < len(p) {
		n, err := c.Conn.Write(p[sent:min(len(p), sent+c.chunk)])
		sent += n
		c.wait(c.down, n)
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

func (c *linkConn) wait(lanes [2]*lane, n int) {
	if n == 0 {
		return
	}
	now := time.Now()
	until := now
	for _, l := range lanes {
		if t := l.reserve(n, now); t.After(until) {
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
