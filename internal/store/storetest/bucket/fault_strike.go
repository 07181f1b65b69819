package bucket

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// strike lets the fault happen that needs no answer from the bucket, and tells
// whether the request ends with it. For the others it sets the scene.
func (c *call) strike() bool {
	refuse := func(f *failure) bool {
		c.drain()
		f.answer(c)
		return true
	}
	switch c.fault.Kind {
	case ServiceBusy:
		f := fail(http.StatusServiceUnavailable, [...]string{"ServiceUnavailable", "ServiceUnavailable", "SlowDown"}[c.s.o.Dialect], "Please reduce your request rate.")
		if c.fault.RetryAfter > 0 {
			f.retry = strconv.Itoa(int((c.fault.RetryAfter + time.Second - 1) / time.Second))
		}
		return refuse(f)
	case InternalError:
		return refuse(fail(http.StatusInternalServerError, "InternalError", "We encountered an internal error. Please try again."))
	case AccessDenied:
		return refuse(accessDenied("Access Denied."))
	case ErrorBody:
		return refuse(fail(http.StatusOK, "InternalError", "We encountered an internal error. Please try again."))
	case ResetRequest:
		_, _ = io.CopyN(io.Discard, &counter{c: c, r: c.r.Body}, c.r.ContentLength/2)
		c.reset()
		return true
	case Hang:
		c.drain()
		<-c.r.Context().Done()
		panic(http.ErrAbortHandler)
	case Slow:
		timer := time.NewTimer(c.fault.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-c.r.Context().Done():
		}
	case StaleUpload:
		c.s.mu.Lock()
		delete(c.s.uploads, c.query("uploadId"))
		c.s.mu.Unlock()
	case ResetResponse, LostAnswer, Truncate, Corrupt:
		c.w = &heldAnswer{ResponseWriter: c.w, status: http.StatusOK}
	}
	return false
}

// heldAnswer keeps an answer back, to spoil it.
type heldAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *heldAnswer) WriteHeader(status int)      { h.status = status }
func (h *heldAnswer) Write(p []byte) (int, error) { return h.body.Write(p) }
func (h *heldAnswer) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// finish spoils the answer that was held back.
func (f *Fault) finish(c *call) {
	held, ok := c.w.(*heldAnswer)
	if !ok {
		return
	}
	b := held.body.Bytes()
	if f.Kind == Corrupt {
		if len(b) > 0 {
			b[len(b)/2] ^= 1
		}
		held.ResponseWriter.WriteHeader(held.status)
		_, _ = held.ResponseWriter.Write(b) // the client may be gone
		return
	}
	conn, err := c.hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	if f.Kind == LostAnswer {
		reset(conn)
		return
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\n", held.status, http.StatusText(held.status))
	_ = held.Header().Write(&head) // a Buffer does not fail
	if len(b) == 0 {               // nothing to break off in the middle of: break the head
		half := head.Bytes()[:head.Len()/2]
		_, _ = conn.Write(half)
	} else {
		head.WriteString("\r\n")
		_, _ = conn.Write(append(head.Bytes(), b[:len(b)/2]...))
	}
	if f.Kind == ResetResponse {
		reset(conn)
	}
}

func (c *call) hijack() (net.Conn, error) {
	conn, _, err := http.NewResponseController(c.w).Hijack()
	return conn, err
}

func (c *call) reset() {
	if conn, err := c.hijack(); err == nil {
		reset(conn)
	}
}
