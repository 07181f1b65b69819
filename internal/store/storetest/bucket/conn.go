package bucket

import (
	"crypto/tls"
	"net"
	"sync/atomic"
)

// anyListener accepts connections that may turn out to be TLS.
type anyListener struct {
	net.Listener
	ca   *authority
	link *link
}

func (l *anyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &anyConn{Conn: l.link.join(c), ca: l.ca}, nil
}

// anyConn finds out by the first byte whether the client speaks TLS. One
// goroutine at a time reads from it, as net/http does; waiting for that byte
// must hold nobody up, least of all Close.
type anyConn struct {
	net.Conn // below TLS
	ca       *authority
	active   atomic.Pointer[net.Conn] // nil until the first byte came
}

// tlsHandshake is the first byte of every TLS connection.
const tlsHandshake = 0x16

func (c *anyConn) Read(p []byte) (int, error) {
	if active := c.active.Load(); active != nil {
		return (*active).Read(p)
	}
	first := make([]byte, 1)
	if _, err := c.Conn.Read(first); err != nil {
		return 0, err // perhaps a deadline: the next read tries again
	}
	var active net.Conn = &prefixedConn{Conn: c.Conn, prefix: first}
	if first[0] == tlsHandshake {
		active = tls.Server(active, c.ca.config())
	}
	c.active.Store(&active)
	return active.Read(p)
}

func (c *anyConn) Write(p []byte) (int, error) {
	if active := c.active.Load(); active != nil {
		return (*active).Write(p)
	}
	return c.Conn.Write(p)
}

func (c *anyConn) Close() error {
	if active := c.active.Load(); active != nil {
		return (*active).Close()
	}
	return c.Conn.Close()
}

// reset closes the connection so that the peer sees a reset, not an end.
func reset(c net.Conn) {
	for inner := c; inner != nil; {
		switch v := inner.(type) {
		case *anyConn:
			inner = v.Conn
		case *linkConn:
			inner = v.Conn
		case *net.TCPConn:
			_ = v.SetLinger(0)
			_ = v.Close()
			inner = nil
		default:
			inner = nil
		}
	}
	_ = c.Close()
}

type prefixedConn struct {
	net.Conn
	prefix []byte
}

func (c *prefixedConn) Read(p []byte) (int, error) {
	if len(c.prefix) > 0 && len(p) > 0 {
		n := copy(p, c.prefix)
		c.prefix = c.prefix[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}
