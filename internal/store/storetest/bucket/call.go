package bucket

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// call is one request on its way.
type call struct {
	s         *Server
	w         http.ResponseWriter
	r         *http.Request
	now       time.Time
	requestID string
	entry     *Request
	fault     *Fault // nil: none
	params    []param
	bucket    string
	key       string
	place     place
	payload   string // SHA-256 the signature promises, "" = none
	bodyMD5   string // Content-MD5
}

// place is how a host names the bucket.
type place int

const (
	virtualHost place = iota
	internalHost
	customDomain
	pathStyle
)

// query returns the first value of a parameter.
func (c *call) query(name string) string {
	v, _ := c.lookup(name)
	return v
}

func (c *call) has(name string) bool {
	_, ok := c.lookup(name)
	return ok
}

func (c *call) lookup(name string) (string, bool) {
	for _, p := range c.params {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// prefix is what the service's own headers begin with.
func (c *call) prefix() string { return [...]string{"x-oss-", "x-cos-", "x-amz-"}[c.s.o.Dialect] }

// own returns a header of the service, by its name without the prefix.
func (c *call) own(name string) string {
	v, _ := header(c.r, c.prefix()+name)
	return v
}

func (c *call) setOwn(name, value string) { c.w.Header().Set(c.prefix()+name, value) }

// locate finds bucket and key from host and path.
func (c *call) locate() *failure {
	s, hostname := c.s, strings.ToLower(c.r.Host)
	if h, _, err := net.SplitHostPort(hostname); err == nil {
		hostname = h
	}
	path, err := url.PathUnescape(c.r.URL.EscapedPath())
	if err != nil {
		return invalidArgument("the path cannot be decoded")
	}
	path = strings.TrimPrefix(path, "/")
	internal := strings.Replace(s.o.Endpoint, ".aliyuncs.com", "-internal.aliyuncs.com", 1)
	for _, d := range s.o.Domains {
		if hostname == d {
			c.place, c.bucket, c.key = customDomain, s.o.Bucket, path
			return nil
		}
	}
	for endpoint, where := range map[string]place{s.o.Endpoint: virtualHost, internal: internalHost} {
		if name, ok := strings.CutSuffix(hostname, "."+endpoint); ok && name != "" {
			c.place, c.bucket, c.key = where, name, path
			if name != s.o.Bucket {
				return noSuchBucket(name)
			}
			return nil
		}
	}
	if name, ok := strings.CutPrefix(hostname, s.o.Bucket+"."); ok && s.o.Dialect == OSS && strings.HasSuffix(name, ".aliyuncs.com") {
		c.bucket, c.key = s.o.Bucket, path
		return accessDenied("The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
			element{"Bucket", s.o.Bucket}, element{"Endpoint", s.o.Endpoint})
	}
	if hostname != s.o.Endpoint && hostname != internal && net.ParseIP(hostname) == nil && hostname != "localhost" {
		return noSuchBucket(hostname)
	}
	c.place = pathStyle
	c.bucket, c.key, _ = strings.Cut(path, "/")
	if !s.o.PathStyle && c.bucket != "" {
		switch s.o.Dialect {
		case OSS:
			return fail(http.StatusForbidden, "SecondLevelDomainForbidden", "The bucket you are attempting to access must be addressed using OSS third level domain.")
		case COS:
			return fail(http.StatusForbidden, "PathStyleDomainForbidden", "The bucket you are attempting to access must be addressed using COS virtual-styled domain.")
		}
	}
	if c.bucket != "" && c.bucket != s.o.Bucket {
		return noSuchBucket(c.bucket)
	}
	return nil
}

// body sends a complete answer and notes it before a client can see it.
func (c *call) body(status int, contentType string, b []byte, code string) {
	c.note(status, code)
	if contentType != "" {
		c.w.Header().Set("Content-Type", contentType)
	}
	c.w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(b) // the client may be gone
	}
}

func (c *call) note(status int, code string) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.entry.Status, c.entry.Code = status, code
}

// counter notes how much of a body came.
type counter struct {
	c *call
	r io.Reader
}

func (n *counter) Read(p []byte) (int, error) {
	got, err := n.r.Read(p)
	n.c.s.mu.Lock()
	n.c.entry.BodyBytes += int64(got)
	n.c.s.mu.Unlock()
	return got, err
}

// drain reads what is left of the body, so that the client gets to read the
// answer instead of failing to write.
func (c *call) drain() { _, _ = io.Copy(io.Discard, &counter{c: c, r: c.r.Body}) }

func (c *call) number(name string, def, most int) (int, *failure) {
	v := c.query(name)
	if v == "" {
		return def, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		return 0, invalidArgument(fmt.Sprintf("%s must be a number, not below 0", name))
	}
	return min(n, most), nil
}
