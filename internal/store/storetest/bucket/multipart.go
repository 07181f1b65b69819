package bucket

import (
	"crypto/md5"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// upload is an object on its way in parts.
type upload struct {
	key     string
	header  http.Header
	started time.Time
	serial  int
	parts   map[int]*part
}

type part struct {
	received
	modified time.Time
}

const maxParts = 10000

// under finds the upload that the request names; the caller holds the lock.
func (c *call) under() (*upload, *failure) {
	id := c.query("uploadId")
	if u := c.s.uploads[id]; u != nil && u.key == c.key {
		return u, nil
	}
	return nil, noSuchUpload(id)
}

func (c *call) initiate() *failure {
	c.drain()
	c.s.mu.Lock()
	// S3 knows no condition here: only at put, copy and complete.
	f := c.s.overwrite(c.key, c.ifAbsent() && c.s.o.Dialect != S3)
	if f != nil {
		c.s.mu.Unlock()
		return f
	}
	c.s.serial++
	id := requestID(c.s.o.Dialect) + strconv.Itoa(c.s.serial)
	c.s.uploads[id] = &upload{key: c.key, header: c.metadata(), started: c.now, serial: c.s.serial, parts: map[int]*part{}}
	c.entry.UploadID = id
	c.s.mu.Unlock()
	return c.xml(struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		Bucket   string
		Key      string
		UploadId string
	}{Bucket: c.s.o.Bucket, Key: c.encoded(c.key), UploadId: id})
}

// encoded is for keys in answers that encoding-type=url wants encoded.
func (c *call) encoded(key string) string {
	if c.query("encoding-type") == "url" {
		return uriEncode(key, false)
	}
	return key
}

func (c *call) uploadPart() *failure {
	if c.own("copy-source") != "" {
		return notImplemented("part copy")
	}
	n, err := strconv.Atoi(c.query("partNumber"))
	if err != nil || n < 1 || n > maxParts {
		return invalidArgument("Part number must be an integer between 1 and 10000, inclusive.")
	}
	in, f := c.read()
	if f != nil {
		return f
	}
	p := &part{in, c.now}
	c.s.mu.Lock()
	u, f := c.under()
	if f == nil {
		u.parts[n] = p
	}
	c.s.mu.Unlock()
	if f != nil {
		return f
	}
	c.w.Header().Set("Etag", p.etag(c.s.o.Dialect))
	if c.s.o.Dialect != S3 && !c.s.o.NoCRC64 {
		c.setOwn("hash-crc64ecma", strconv.FormatUint(p.crc, 10))
	}
	c.body(http.StatusOK, "", nil, "")
	return nil
}

func (c *call) abort() *failure {
	c.s.mu.Lock()
	_, f := c.under()
	if f == nil {
		delete(c.s.uploads, c.query("uploadId"))
	}
	c.s.mu.Unlock()
	if f != nil {
		return f
	}
	c.body(http.StatusNoContent, "", nil, "")
	return nil
}

type completing struct {
	XMLName xml.Name `xml:"CompleteMultipartUpload"`
	Part    []struct {
		PartNumber int
		ETag       string
	}
}

func (c *call) complete() *failure {
	body, f := c.read()
	if f != nil {
		return f
	}
	var in completing
	all := c.s.o.Dialect == OSS && strings.EqualFold(c.own("complete-all"), "yes")
	if !all {
		if err := xml.Unmarshal(body.data, &in); err != nil || len(in.Part) == 0 {
			return malformedXML()
		}
	}
	o, f := c.join(in, all)
	if f != nil {
		return f
	}
	c.stamp(o)
	location := c.s.scheme() + "://" + c.r.Host + "/" + uriEncode(c.key, true)
	return c.xml(struct {
		XMLName  xml.Name `xml:"CompleteMultipartUploadResult"`
		Location string
		Bucket   string
		Key      string
		ETag     string
	}{Location: location, Bucket: c.s.o.Bucket, Key: c.encoded(c.key), ETag: o.etag})
}

// join makes the object of the parts named, in one step with the check that
// nobody was first.
func (c *call) join(in completing, all bool) (*object, *failure) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	u, f := c.under()
	if f != nil {
		return nil, f
	}
	var chosen []*part
	last := 0
	for _, p := range in.Part {
		have := u.parts[p.PartNumber]
		switch {
		case p.PartNumber <= last:
			return nil, fail(http.StatusBadRequest, "InvalidPartOrder", "The list of parts was not in ascending order. Parts list must specified in order by part number.")
		case have == nil || !strings.EqualFold(strings.Trim(p.ETag, `"`), strings.Trim(have.etag(S3), `"`)):
			return nil, fail(http.StatusBadRequest, "InvalidPart", "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.",
				element{"PartNumber", strconv.Itoa(p.PartNumber)})
		}
		last = p.PartNumber
		chosen = append(chosen, have)
	}
	if all {
		for _, n := range slices.Sorted(maps.Keys(u.parts)) {
			chosen = append(chosen, u.parts[n])
		}
		if len(chosen) == 0 {
			return nil, fail(http.StatusBadRequest, "InvalidPart", "There is no part to complete.")
		}
	}
	o := &object{header: u.header, modified: c.now.UTC().Truncate(time.Second), parts: len(chosen)}
	sums := md5.New()
	for i, p := range chosen {
		if i < len(chosen)-1 && int64(len(p.data)) < c.s.o.MinPart {
			return nil, fail(http.StatusBadRequest, "EntityTooSmall", "Your proposed upload smaller than the minimum allowed size.",
				element{"ProposedSize", strconv.Itoa(len(p.data))}, element{"MinSizeAllowed", strconv.FormatInt(c.s.o.MinPart, 10)})
		}
		o.chunks, o.size = append(o.chunks, p.data), o.size+len(p.data)
		o.crc = store.CombineCRC64(o.crc, p.crc, int64(len(p.data)))
		sums.Write(p.md5[:])
	}
	if f := c.s.overwrite(c.key, c.ifAbsent()); f != nil {
		return nil, f
	}
	o.etag = quoteETag(c.s.o.Dialect, fmt.Sprintf("%x-%d", sums.Sum(nil), len(chosen)))
	if old := c.s.objects[c.key]; old != nil {
		o.writes = old.writes
	}
	o.writes++
	c.s.objects[c.key] = o
	delete(c.s.uploads, c.query("uploadId"))
	return o, nil
}
