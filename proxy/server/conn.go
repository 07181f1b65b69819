package server

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	stallTimeout = 30 * time.Second
	// piece has to be taken by a client within the stall time, filePiece within four
	// times that: 4 KiB/s at least.
	piece     = 128 << 10
	filePiece = 512 << 10
)

// patient accepts connections that a client who does not read cannot hold for
// ever: there is no limit for an answer as a whole, for links are slow, but there
// is one for each piece of it.
type patient struct {
	net.Listener
	stall time.Duration
	clock *clock
}

// Accept is net.Listener's.
func (l patient) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &conn{TCPConn: tcp, stall: l.stall, clock: l.clock}, err
	}
	return c, err
}

// clock is the time, a little late and almost for nothing. It goes on evenly when the
// system's is set to another time.
type clock struct {
	start  time.Time
	passed atomic.Int64 // nanoseconds
}

func newClock() *clock { return &clock{start: time.Now()} }

// run keeps the clock going until ctx ends.
func (c *clock) run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-tick.C:
			c.passed.Store(int64(t.Sub(c.start)))
		}
	}
}

func (c *clock) now() time.Time { return c.start.Add(time.Duration(c.passed.Load())) }

// conn is a connection whose deadlines cost little. net/http moves the read
// deadline six times for each request, which costs more than to find and send a
// small answer; almost always the next read does not wait, or the deadline that is
// set already ends earlier than the one wanted and just has to be moved when it
// fires. It keeps TCPConn's ReadFrom, by which a file goes to the socket without
// passing through the program.
type conn struct {
	*net.TCPConn
	stall time.Duration
	clock *clock
	due   time.Time // the write deadline; only the goroutine that writes uses it
	// broken is the failure of a write, after which nothing goes out any more: net/http
	// sends a file although its header did not go, and the client would read the one as
	// the other.
	broken error

	mu        sync.Mutex
	want, has time.Time // the read deadline as it was asked for, and as it is set
	reading   bool
}

// SetReadDeadline notes the deadline, and sets it when a Read that waits would
// miss it.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.want = t
	if !c.reading || t.IsZero() || !c.has.IsZero() && !c.has.After(t) {
		return nil
	}
	c.has = t
	return c.TCPConn.SetReadDeadline(t)
}

// SetWriteDeadline is for who takes the connection over.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.due = time.Time{}
	return c.TCPConn.SetWriteDeadline(t)
}

// SetDeadline sets both.
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

func (c *conn) Read(p []byte) (int, error) {
	for {
		if err := c.begin(); err != nil {
			return 0, err
		}
		n, err := c.TCPConn.Read(p)
		c.mu.Lock()
		c.reading = false
		early := n == 0 && errors.Is(err, os.ErrDeadlineExceeded) && (c.want.IsZero() || time.Now().Before(c.want))
		if early { // it was an older one that fired
			c.has = c.want
			err = c.TCPConn.SetReadDeadline(c.want)
		}
		c.mu.Unlock()
		if !early || err != nil {
			return n, err
		}
	}
}

// begin makes the set deadline one that fires in time for the wanted one.
func (c *conn) begin() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.now()
	if !c.want.IsZero() && c.want.Before(now) {
		return os.ErrDeadlineExceeded
	}
	c.reading = true
	if c.has.IsZero() && c.want.IsZero() || c.has.After(now) && (c.want.IsZero() || !c.has.After(c.want)) {
		return nil
	}
	c.has = c.want
	return c.TCPConn.SetReadDeadline(c.want)
}

// extend moves the write deadline when a quarter of the time has passed.
func (c *conn) extend(stall time.Duration) error {
	if c.broken != nil {
		return c.broken
	}
	now := c.clock.now()
	if c.due.Sub(now) > stall-stall/4 {
		return nil
	}
	c.due = now.Add(stall)
	return c.TCPConn.SetWriteDeadline(c.due)
}

func (c *conn) Write(p []byte) (n int, err error) {
	defer func() { c.broken = cmp.Or(c.broken, err) }()
	for {
		if err := c.extend(c.stall); err != nil {
			return n, err
		}
		m, err := c.TCPConn.Write(p[:min(len(p), piece)])
		n += m
		if p = p[m:]; err != nil || len(p) == 0 {
			return n, err
		}
	}
}

// ReadFrom is io.ReaderFrom.
func (c *conn) ReadFrom(r io.Reader) (n int64, err error) {
	defer func() { c.broken = cmp.Or(c.broken, err) }()
	if s, ok := r.(*shared); ok {
		return c.send(s)
	}
	limited, ok := r.(*io.LimitedReader)
	if ok {
		_, ok = limited.R.(*os.File)
	}
	if !ok {
		return io.Copy(struct{ io.Writer }{c}, r)
	}
	for limited.N > 0 {
		if err := c.extend(4 * c.stall); err != nil {
			return n, err
		}
		part := io.LimitedReader{R: limited.R, N: min(limited.N, filePiece)}
		m, err := c.TCPConn.ReadFrom(&part)
		n += m
		limited.N -= m
		if err != nil || m == 0 {
			return n, err
		}
	}
	return n, nil
}
