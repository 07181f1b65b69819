package server

import (
	"io"
	"net"
	"os"
	"time"
)

const (
	stallTimeout = 30 * time.Second
	// piece has to be taken by a client within that time: 4 KiB/s at least.
	piece = 128 << 10
)

// patient accepts connections that a client who does not read cannot hold for
// ever: there is no limit for an answer as a whole, for links are slow, but there
// is one for each piece of it.
type patient struct {
	net.Listener
	stall time.Duration
}

// Accept is net.Listener's.
func (l patient) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &conn{TCPConn: tcp, stall: l.stall}, err
	}
	return c, err
}

// conn sets its write deadline anew for each piece. It keeps TCPConn's ReadFrom,
// by which a file goes to the socket without passing through the program.
type conn struct {
	*net.TCPConn
	stall time.Duration
	due   time.Time // the deadline; only the goroutine that writes uses it
}

// extend moves the deadline, not at each small write: setting it costs as much as
// a small answer's headers.
func (c *conn) extend() error {
	now := time.Now()
	if c.due.Sub(now) > c.stall-c.stall/4 {
		return nil
	}
	c.due = now.Add(c.stall)
	return c.SetWriteDeadline(c.due)
}

func (c *conn) Write(p []byte) (n int, err error) {
	for {
		if err := c.extend(); err != nil {
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
	limited, ok := r.(*io.LimitedReader)
	if ok {
		_, ok = limited.R.(*os.File)
	}
	if !ok {
		return io.Copy(struct{ io.Writer }{c}, r)
	}
	for limited.N > 0 {
		if err := c.extend(); err != nil {
			return n, err
		}
		part := io.LimitedReader{R: limited.R, N: min(limited.N, piece)}
		m, err := c.TCPConn.ReadFrom(&part)
		n += m
		limited.N -= m
		if err != nil || m == 0 {
			return n, err
		}
	}
	return n, nil
}
