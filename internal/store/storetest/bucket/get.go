package bucket

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// getObject answers GET and HEAD.
func (c *call) getObject() *failure {
	o := c.s.find(c.key)
	if o == nil {
		return noSuchKey(c.key)
	}
	size, h := int64(o.size), c.w.Header()
	for name, values := range o.header {
		h[name] = values
	}
	for _, name := range []string{"content-type", "content-language", "expires", "cache-control", "content-disposition", "content-encoding"} {
		if v := c.query("response-" + name); v != "" {
			h.Set(name, v)
		}
	}
	if c.s.o.ForceDownload && c.place == virtualHost && strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		h.Set("Content-Disposition", "attachment")
		c.setOwn("force-download", "true")
	}
	h.Set("Last-Modified", o.modified.Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	if c.s.o.Dialect == OSS {
		h.Set("X-Oss-Object-Type", map[bool]string{true: "Multipart", false: "Normal"}[o.parts > 0])
	}
	c.stamp(o)
	if status := precondition(c.r, o); status != 0 {
		if status == http.StatusNotModified {
			c.note(status, "NotModified")
			h.Del("Content-Type")
			c.w.WriteHeader(status)
			return nil
		}
		return fail(status, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
	}
	from, to, state := byteRange(c.r.Header.Get("Range"), size, c.s.o.Dialect != OSS || c.own("range-behavior") == "standard")
	switch state {
	case wholeObject:
		c.content(http.StatusOK, o, 0, size)
	case partOfObject:
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, size))
		c.content(http.StatusPartialContent, o, from, to)
	default:
		h.Set("Content-Range", fmt.Sprintf("bytes */%d", size))
		return fail(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range cannot be satisfied.")
	}
	return nil
}

// content sends a range of the object; a HEAD does not put it together.
func (c *call) content(status int, o *object, from, to int64) {
	c.note(status, "")
	c.w.Header().Set("Content-Length", strconv.FormatInt(to-from, 10))
	c.w.WriteHeader(status)
	if c.r.Method == http.MethodGet {
		_, _ = c.w.Write(o.content()[from:to]) // the client may be gone
	}
}

// precondition returns 304, 412 or 0, in the order of RFC 9110, section 13.2.2.
func precondition(r *http.Request, o *object) int {
	match := func(list string) bool {
		for tag := range strings.SplitSeq(list, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || strings.EqualFold(strings.Trim(tag, `"`), strings.Trim(o.etag, `"`)) {
				return true
			}
		}
		return false
	}
	since := func(name string) (time.Time, bool) {
		t, err := http.ParseTime(r.Header.Get(name))
		return t, err == nil
	}
	if list := r.Header.Get("If-Match"); list != "" {
		if !match(list) {
			return http.StatusPreconditionFailed
		}
	} else if t, ok := since("If-Unmodified-Since"); ok && o.modified.After(t) {
		return http.StatusPreconditionFailed
	}
	if list := r.Header.Get("If-None-Match"); list != "" {
		if match(list) {
			return http.StatusNotModified
		}
	} else if t, ok := since("If-Modified-Since"); ok && !o.modified.After(t) {
		return http.StatusNotModified
	}
	return 0
}

type rangeState int

const (
	wholeObject rangeState = iota
	partOfObject
	outOfRange
)

// byteRange reads a Range header with one range. Without the standard
// behaviour, OSS answers a range that is not wholly inside with the whole
// object ("Range download", and x-oss-range-behavior there).
func byteRange(s string, size int64, standard bool) (from, to int64, state rangeState) {
	spec, ok := strings.CutPrefix(s, "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !ok || !dash || strings.Contains(spec, ",") {
		return 0, size, wholeObject
	}
	from, err := strconv.ParseInt(first, 10, 64)
	end, err2 := strconv.ParseInt(last, 10, 64)
	switch {
	case first == "" && err2 == nil: // the last bytes
		if end > size && !standard {
			return 0, size, wholeObject
		}
		from, end = max(size-end, 0), size-1
	case err != nil || last != "" && (err2 != nil || end < from):
		return 0, size, wholeObject
	case last == "":
		end = size - 1
	}
	switch {
	case from < size && end < size:
		return from, end + 1, partOfObject
	case !standard:
		return 0, size, wholeObject
	case from < size:
		return from, size, partOfObject
	}
	return 0, 0, outOfRange
}
