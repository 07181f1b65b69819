package fetch

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

type httpClient = http.Client

// asked is one request for a file.
type asked struct{ Path, Range, IfRange string }

// mirrors serves one file below /MODE/, each mode with a fault of its own.
type mirrors struct {
	*httptest.Server
	content []byte
	evil    []byte // what the mode evil sends

	mu   sync.Mutex
	log  []asked
	sent int64
	hung chan struct{} // closed when the test ends
}

func serve(t testing.TB, content []byte) *mirrors {
	m := &mirrors{content: content, hung: make(chan struct{})}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	t.Cleanup(func() { close(m.hung) })
	return m
}

func (m *mirrors) requests() []asked {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]asked(nil), m.log...)
}

func (m *mirrors) bytes() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sent
}

// list is a GOPROXY of modes: "403,ok" asks both.
func (m *mirrors) list(modes string) string {
	var b strings.Builder
	for rest := modes; rest != ""; {
		i := strings.IndexAny(rest, ",|")
		if i < 0 {
			i = len(rest)
		}
		b.WriteString(m.URL + "/" + rest[:i])
		if i < len(rest) {
			b.WriteByte(rest[i])
			i++
		}
		rest = rest[i:]
	}
	return b.String()
}

func (m *mirrors) bases(modes ...string) []string {
	out := []string{}
	for _, mode := range modes {
		out = append(out, m.URL+"/"+mode)
	}
	return out
}

func (m *mirrors) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mode, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	m.mu.Lock()
	m.log = append(m.log, asked{r.URL.Path, r.Header.Get("Range"), r.Header.Get("If-Range")})
	n := len(m.log)
	m.mu.Unlock()
	content := m.content
	var start int
	fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &start)
	left := max(len(content)-start, 0) // what is left to send
	cut := left
	w.Header().Set("ETag", `"one"`)
	switch mode {
	case "ok", "slow":
	case "other": // another mirror with the same file
		w.Header().Set("ETag", `"two"`)
	case "evil": // a whole one, with something else in it
		content = m.evil
		cut = left
	case "wrong":
		content = bytes.Clone(content)
		content[len(content)/2] ^= 1
	case "cut10", "cut50", "cut99": // of what is left
		var percent int
		fmt.Sscanf(mode, "cut%d", &percent)
		cut = cut * percent / 100
	case "cutonce":
		if n == 1 {
			cut /= 2
		}
	case "cutwrong": // the wrong part of it, then the connection breaks, then nothing
		if n > 2 {
			http.Error(w, "no", http.StatusInternalServerError)
			return
		}
		content = bytes.Repeat([]byte("PK\x03\x04"), len(content)/4)[:len(content)/4*4]
		content = append(content, m.content[len(content):]...)
		cut /= 2
	case "noetag":
		w.Header().Del("ETag")
	case "changing":
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
		if n == 1 {
			cut /= 2
		}
	case "norange", "norangecut":
		r.Header.Del("Range")
		if mode == "norangecut" {
			cut /= 2
		}
	case "badrange":
		if r.Header.Get("Range") != "" {
			w.Header().Set("Content-Range", "bytes 1-2/3")
			w.WriteHeader(http.StatusPartialContent)
			return
		}
	case "chunked":
		r.Header.Del("Range")
		w.Header().Set("Transfer-Encoding", "identity")
		w.(http.Flusher).Flush()
		m.count(w).Write(content)
		return
	case "403", "404", "410", "500":
		var status int
		fmt.Sscan(mode, &status)
		http.Error(w, "no", status)
		return
	case "html":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!DOCTYPE html><title>log in</title>")
		return
	case "redirect":
		http.Redirect(w, r, "/ok/"+rest, http.StatusFound)
		return
	case "allbutone": // slowly, and then it hangs
		hang := func() {
			select {
			case <-m.hung:
			case <-r.Context().Done():
			}
		}
		http.ServeContent(slow{m.count(w), 4 << 10, 4 * time.Millisecond}, r, "", time.Time{}, allButOne{bytes.NewReader(content), hang})
		return
	case "hang", "hanghalf":
		if mode == "hanghalf" {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			m.count(w).Write(content[:len(content)/2])
			w.(http.Flusher).Flush()
		}
		select {
		case <-m.hung:
		case <-r.Context().Done():
		}
		return
	default:
		http.Error(w, "unknown mode", http.StatusTeapot)
		return
	}
	if w = m.count(w); mode == "slow" {
		w = slow{w, 4 << 10, 4 * time.Millisecond}
	} else if cut < left {
		w = &cutter{w, cut}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// count sums what was sent.
func (m *mirrors) count(w http.ResponseWriter) http.ResponseWriter { return counted{w, m} }

type counted struct {
	http.ResponseWriter
	m *mirrors
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.m.mu.Lock()
	c.m.sent += int64(n)
	c.m.mu.Unlock()
	return n, err
}

// cutter breaks the connection after so many bytes.
type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(b []byte) (int, error) {
	if len(b) < c.left {
		c.left -= len(b)
		return c.ResponseWriter.Write(b)
	}
	c.ResponseWriter.Write(b[:c.left])
	c.ResponseWriter.(counted).ResponseWriter.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// allButOne hangs before the last byte.
type allButOne struct {
	*bytes.Reader
	hang func()
}

func (a allButOne) Read(b []byte) (int, error) {
	if a.Len() <= 1 {
		a.hang()
		return 0, io.ErrUnexpectedEOF
	}
	return a.Reader.Read(b[:min(len(b), a.Len()-1)])
}

type slow struct {
	http.ResponseWriter
	piece int
	pause time.Duration
}

func (s slow) Write(b []byte) (n int, err error) {
	for len(b) > 0 && err == nil {
		k, e := s.ResponseWriter.Write(b[:min(s.piece, len(b))])
		n, b, err = n+k, b[k:], e
		if f, ok := s.ResponseWriter.(counted).ResponseWriter.(http.Flusher); ok {
			f.Flush()
		}
		time.Sleep(s.pause)
	}
	return n, err
}
