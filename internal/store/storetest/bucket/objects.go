package bucket

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// object is what a key holds. A deleted one stays as a gravestone that counts.
type object struct {
	size     int
	crc      uint64
	etag     string
	header   http.Header // what comes back on GET and HEAD
	modified time.Time
	parts    int
	writes   int
	gone     bool

	joining sync.Mutex
	chunks  [][]byte // of a multipart object as many as parts, until somebody reads it
}

func (o *object) crcText() string { return strconv.FormatUint(o.crc, 10) }

func newObject(d Dialect, in received, h http.Header, now time.Time) *object {
	return &object{
		size: len(in.data), crc: in.crc, etag: in.etag(d), header: h, modified: now.UTC().Truncate(time.Second),
		chunks: [][]byte{in.data},
	}
}

// content is the whole object. It is put together only now, so that completing
// a large upload costs no time that a link's speed would be blamed for.
func (o *object) content() []byte {
	o.joining.Lock()
	defer o.joining.Unlock()
	if len(o.chunks) != 1 {
		o.chunks = [][]byte{bytes.Join(o.chunks, nil)}
	}
	return o.chunks[0]
}

// quoteETag writes a digest as the service does: OSS in upper case.
func quoteETag(d Dialect, digest string) string {
	if d == OSS {
		digest = strings.ToUpper(digest)
	}
	return `"` + digest + `"`
}

// store makes an object visible, unless ifAbsent holds against it.
func (s *Server) store(key string, o *object, ifAbsent bool) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.overwrite(key, ifAbsent); f != nil {
		return f
	}
	if old := s.objects[key]; old != nil {
		o.writes = old.writes
	}
	o.writes++
	s.objects[key] = o
	return nil
}

// overwrite refuses to replace an object; the caller holds the lock.
func (s *Server) overwrite(key string, ifAbsent bool) *failure {
	old := s.objects[key]
	switch {
	case !ifAbsent || old == nil || old.gone:
	case s.o.Dialect == S3:
		return fail(http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", element{"Condition", "If-None-Match"})
	case !s.o.Versioned:
		return fail(http.StatusConflict, "FileAlreadyExists", "The object you specified already exists and can not be overwritten.")
	}
	return nil
}

func (s *Server) find(key string) *object {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.objects[key]; o != nil && !o.gone {
		return o
	}
	return nil
}

// metadata takes from a request the headers that stay with the object.
func (c *call) metadata() http.Header {
	h := http.Header{}
	for name, values := range c.r.Header {
		switch lower := strings.ToLower(name); {
		case lower == "content-type", lower == "cache-control", lower == "content-disposition", lower == "content-encoding",
			lower == "content-language", lower == "expires", strings.HasPrefix(lower, c.prefix()+"meta-"):
			h[name] = values
		}
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/octet-stream")
	}
	return h
}

// stamp sets the headers that tell about an object.
func (c *call) stamp(o *object) {
	c.w.Header().Set("Etag", o.etag)
	if c.s.o.Dialect != S3 && !c.s.o.NoCRC64 {
		c.setOwn("hash-crc64ecma", o.crcText())
	}
	if c.s.o.Versioned {
		c.setOwn("version-id", "v"+strconv.Itoa(o.writes))
	}
}

func (c *call) putObject() *failure {
	c.s.mu.Lock()
	f := c.s.overwrite(c.key, c.ifAbsent())
	c.s.mu.Unlock()
	if f != nil {
		return f
	}
	if c.r.ContentLength < 0 && c.s.o.Dialect == S3 {
		return fail(http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
	}
	in, f := c.read()
	if f != nil {
		return f
	}
	o := newObject(c.s.o.Dialect, in, c.metadata(), c.now)
	if f := c.s.store(c.key, o, c.ifAbsent()); f != nil {
		return f
	}
	c.stamp(o)
	c.body(http.StatusOK, "", nil, "")
	return nil
}

func (c *call) deleteObject() *failure {
	c.s.remove(c.key)
	if c.s.o.Versioned {
		c.setOwn("delete-marker", "true")
	}
	c.body(http.StatusNoContent, "", nil, "")
	return nil
}

func (s *Server) remove(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.objects[key]; o != nil {
		s.objects[key] = &object{gone: true, writes: o.writes}
	}
}

func (c *call) copyObject() *failure {
	source, f := c.copySource()
	if f != nil {
		return f
	}
	from := c.s.find(source)
	if from == nil {
		return noSuchKey(source)
	}
	h, replace := from.header, strings.HasPrefix(strings.ToUpper(c.own("metadata-directive")), "REPLACE") // COS says Replaced
	if replace {
		h = c.metadata()
	}
	if source == c.key && !replace && c.s.o.Dialect == S3 {
		return fail(http.StatusBadRequest, "InvalidRequest", "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	o := newObject(c.s.o.Dialect, receive(from.content()), h, c.now)
	if f := c.s.store(c.key, o, c.ifAbsent()); f != nil {
		return f
	}
	c.stamp(o)
	return c.xml(copied{LastModified: isoTime(o.modified), ETag: o.etag})
}

type copied struct {
	XMLName      xml.Name `xml:"CopyObjectResult"`
	LastModified string
	ETag         string
}

// copySource reads /bucket/key, for COS host/key.
func (c *call) copySource() (string, *failure) {
	source, err := url.QueryUnescape(c.own("copy-source")) // OSS clients write a space as +
	if err != nil {
		return "", invalidArgument("Copy source cannot be decoded.")
	}
	name, key, ok := strings.Cut(strings.TrimPrefix(source, "/"), "/")
	want := c.s.o.Bucket
	if c.s.o.Dialect == COS {
		want = c.s.BucketHost()
	}
	switch {
	case !ok || key == "":
		return "", invalidArgument("Copy source must mention the source bucket and key.")
	case name != want:
		return "", noSuchBucket(name)
	}
	return key, nil
}
