package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestFaultKinds lets each kind strike a put, a get and a complete, over both
// HTTP and HTTPS, and looks at what the client and the bucket have of it.
func TestFaultKinds(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 20000)
	for _, kind := range Kinds() {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s TLS=%v", kind, secure), func(t *testing.T) {
				t.Parallel()
				c := start(t, Options{TLS: secure})
				c.s.PutObject("old", content, http.Header{})
				id := c.initiate("m")
				etag := c.part("m", id, 1, content)
				for _, r := range []struct {
					op     Op
					method string
					path   string
					body   []byte
				}{{PutObject, "PUT", "/new", content}, {GetObject, "GET", "/old", nil}, {Complete, "POST", "/m?uploadId=" + id, completion(1, etag)}} {
					c.s.ResetRequests()
					c.s.Faults(Fault{Kind: kind, N: 1})
					key := strings.Trim(strings.Split(r.path, "?")[0], "/")
					a := struck(c, kind == Hang, r.method, r.path, key, r.body)
					if c.s.Struck() != 1 || c.s.Requests()[0].Fault != kind || c.s.Requests()[0].Op != r.op {
						t.Errorf("%s: struck %d times, log %v", r.op, c.s.Struck(), c.s.Requests())
					}
					checkFault(t, c, kind, r.op, a, content)
					c.s.Faults()
				}
				c.must(200, "GET", "/old", "old", nil) // and the server goes on
			})
		}
	}
}

// struck sends a request that a fault strikes; one that hangs is given up when the
// server has noted that.
func struck(c *client, hangs bool, method, path, key string, body []byte) answer {
	if !hangs {
		return c.do(method, path, key, body)
	}
	ctx, cancel := context.WithCancel(c.t.Context())
	r := c.request(method, path, body)
	c.sign(r, key)
	gone := make(chan answer)
	go func() { gone <- c.send(r.WithContext(ctx)) }()
	for c.s.Struck() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	return <-gone
}

func checkFault(t *testing.T, c *client, kind Kind, op Op, a answer, content []byte) {
	t.Helper()
	_, put := c.s.Objects()["new"]
	_, completed := c.s.Objects()["m"]
	done := map[Op]bool{PutObject: put, Complete: completed}[op]
	is := func(status int, code string, done2 bool) {
		t.Helper()
		if a.err != nil || a.status != status || a.code() != code || op != GetObject && done != done2 {
			t.Errorf("%s: status %d, code %q, error %v, done %v; want %d, %q, done %v", op, a.status, a.code(), a.err, done, status, code, done2)
		}
	}
	broken := func(want error, done2 bool) {
		t.Helper()
		if a.err == nil || want != nil && !errors.Is(a.err, want) || op != GetObject && done != done2 {
			t.Errorf("%s: status %d, error %v, done %v; want %v, done %v", op, a.status, a.err, done, want, done2)
		}
	}
	switch kind {
	case ServiceBusy:
		is(503, "ServiceUnavailable", false)
		if a.header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
		}
	case InternalError:
		is(500, "InternalError", false)
	case AccessDenied:
		is(403, "AccessDenied", false)
	case ErrorBody:
		is(200, "InternalError", false)
	case ClockSkew:
		is(403, "RequestTimeTooSkewed", false)
	case ResetRequest:
		broken(nil, false)
		if n := c.s.Requests()[0].BodyBytes; op == PutObject && n != int64(len(content)/2) {
			t.Errorf("%d bytes of %d were read before the reset", n, len(content))
		}
	case ResetResponse:
		broken(nil, true)
		if op == GetObject && (len(a.body) == 0 || len(a.body) >= len(content)) && !errors.Is(a.err, syscall.ECONNRESET) {
			t.Errorf("%d bytes arrived, error %v", len(a.body), a.err)
		}
	case LostAnswer:
		broken(nil, true)
		if a.status != 0 {
			t.Errorf("status %d", a.status)
		}
	case Truncate:
		broken(io.ErrUnexpectedEOF, true)
		if op == GetObject && len(a.body) != len(content)/2 {
			t.Errorf("%d bytes of %d arrived", len(a.body), len(content))
		}
	case Corrupt:
		if a.err != nil || a.status != 200 || op == GetObject && (len(a.body) != len(content) || differing(a.body, content) != 1) {
			t.Errorf("%s: status %d, error %v, %d bytes", op, a.status, a.err, len(a.body))
		}
	case CorruptUpload:
		if op == PutObject && (a.status != 200 || a.header.Get("X-Oss-Hash-Crc64ecma") == crcOf(content) || differing(c.s.Objects()["new"].Content, content) != 1) {
			t.Errorf("status %d, CRC64 %s", a.status, a.header.Get("X-Oss-Hash-Crc64ecma"))
		}
	case StaleUpload:
		if op == Complete {
			is(404, "NoSuchUpload", false)
		} else {
			is(200, "", true)
		}
	case Slow:
		is(200, "", true)
	case Hang:
		if !errors.Is(a.err, context.Canceled) || op != GetObject && done {
			t.Errorf("%s: status %d, error %v, done %v", op, a.status, a.err, done)
		}
	}
}

func differing(a, b []byte) (n int) {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func TestFaultPlan(t *testing.T) {
	statuses := func(c *client, n int) string {
		var all []string
		for range n {
			all = append(all, fmt.Sprint(c.do("PUT", "/a", "a", nil).status))
		}
		return strings.Join(all, " ")
	}
	c := start(t, Options{})
	isPut := func(r Request) bool { return r.Op == PutObject }
	for _, r := range []struct {
		name string
		plan []Fault
		want string
	}{
		{"none", nil, "200 200 200 200 200"},
		{"the second", []Fault{{Kind: InternalError, N: 2}}, "200 500 200 200 200"},
		{"two from the second", []Fault{{Kind: InternalError, N: 2, Times: 2}}, "200 500 500 200 200"},
		{"all from the third", []Fault{{Kind: InternalError, N: 3, Times: -1}}, "200 200 500 500 500"},
		{"every one", []Fault{{Kind: InternalError}}, "500 500 500 500 500"},
		{"no match", []Fault{{Kind: InternalError, Match: func(r Request) bool { return r.Key == "b" }}}, "200 200 200 200 200"},
		{"first entry wins", []Fault{{Kind: AccessDenied, N: 1, Match: isPut}, {Kind: InternalError, N: 1, Times: 2}}, "403 500 200 200 200"},
	} {
		c.s.Faults(r.plan...)
		if got := statuses(c, 5); got != r.want {
			t.Errorf("%s: %s, want %s", r.name, got, r.want)
		}
	}
}

func TestFaultProbability(t *testing.T) {
	run := func(seed uint64) (fates string, struck int) {
		c := start(t, Options{})
		c.s.Faults(Fault{Kind: ServiceBusy, P: 0.2, Seed: seed})
		for range 200 {
			fates += fmt.Sprint(c.do("HEAD", "/", "", nil).status, " ")
		}
		return fates, c.s.Struck()
	}
	first, n := run(1)
	again, _ := run(1)
	other, _ := run(2)
	if first != again || first == other {
		t.Errorf("same seed same fate: %v, other seed other fate: %v", first == again, first != other)
	}
	if n < 20 || n > 60 {
		t.Errorf("%d of 200 at a probability of 0.2", n)
	}
}

func TestHangEndsWithTheClient(t *testing.T) {
	c := start(t, Options{})
	c.s.Faults(Fault{Kind: Hang})
	ctx, cancel := context.WithCancel(t.Context())
	r := c.request("PUT", "/a", []byte("x"))
	c.sign(r, "a")
	time.AfterFunc(50*time.Millisecond, cancel)
	if a := c.send(r.WithContext(ctx)); !errors.Is(a.err, context.Canceled) {
		t.Errorf("error %v", a.err)
	}
	// Those that still hang end with the server; goleak looks.
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { c.do("PUT", "/a", "a", nil) })
	}
	for len(c.s.Requests()) < 4 {
		time.Sleep(time.Millisecond)
	}
	c.s.Close()
	wg.Wait()
}

func TestRaceIfAbsent(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		var wg sync.WaitGroup
		status := make([]int, 32)
		for i := range status {
			wg.Go(func() { status[i] = c.do("PUT", "/a", "a", []byte{byte(i)}, c.forbid()...).status })
		}
		wg.Wait()
		won := 0
		for i, s := range status {
			if s == 200 {
				won++
				if got := c.s.Objects()["a"].Content[0]; got != byte(i) {
					t.Errorf("%d won, and the object is that of %d", i, got)
				}
			}
		}
		if won != 1 {
			t.Errorf("%d of %d won: %v", won, len(status), status)
		}
	})
}

// Nothing that the server tells may hold what it must keep.
func TestNoSecretInTheLog(t *testing.T) {
	schemes(t, Options{}, func(t *testing.T, c *client) {
		c.key = temporary
		c.do("PUT", "/a", "a", nil)
		c.send(c.request("GET", c.presign("a", time.Minute), nil))
		text := fmt.Sprintf("%+v %v", c.s.Requests(), c.s.Requests())
		for _, secret := range []string{temporary.Secret, temporary.Token, uriEncode(temporary.Token, false), "ignature="} {
			if strings.Contains(text, secret) {
				t.Errorf("%q in %s", secret, text)
			}
		}
	})
}
