package bucket

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

type listedObject struct {
	Key          string
	LastModified string
	ETag         string
	Type         string `xml:",omitempty"`
	Size         int
	StorageClass string
}

type commonPrefix struct{ Prefix string }

// listing is a page of ListBucketResult, in the fields of all versions.
type listing struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	Name                  string
	Prefix                string
	Marker                *string `xml:",omitempty"`
	StartAfter            string  `xml:",omitempty"`
	ContinuationToken     string  `xml:",omitempty"`
	MaxKeys               int
	Delimiter             string `xml:",omitempty"`
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	NextMarker            string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	KeyCount              string `xml:",omitempty"`
	Contents              []listedObject
	CommonPrefixes        []commonPrefix
}

// listObjects answers versions 1 and 2; COS knows only the first.
func (c *call) listObjects() *failure {
	limit := 1000
	if c.s.o.Dialect == OSS {
		limit = 100
	}
	most, f := c.number("max-keys", min(limit, c.s.o.Page), c.s.o.Page)
	if f != nil {
		return f
	}
	second := c.query("list-type") == "2" && c.s.o.Dialect != COS
	page := listing{Name: c.s.o.Bucket, Prefix: c.query("prefix"), MaxKeys: most, Delimiter: c.query("delimiter"), EncodingType: c.query("encoding-type")}
	after := c.query("marker")
	if second {
		page.StartAfter, page.ContinuationToken = c.query("start-after"), c.query("continuation-token")
		after = page.StartAfter
		if page.ContinuationToken != "" {
			if after, f = readToken(page.ContinuationToken); f != nil {
				return f
			}
		}
	} else {
		page.Marker = &after
	}
	last := c.fill(&page, after, most)
	switch {
	case second:
		page.KeyCount = strconv.Itoa(len(page.Contents) + len(page.CommonPrefixes))
		if page.IsTruncated {
			page.NextContinuationToken = token(last)
		}
	case page.IsTruncated && (c.s.o.Dialect != S3 || page.Delimiter != ""): // S3 leaves it out without a delimiter
		page.NextMarker = last
	}
	if page.EncodingType == "url" {
		page.encode()
	}
	return c.xml(page)
}

// fill adds the keys and prefixes after a name, and returns the last of them.
func (c *call) fill(page *listing, after string, most int) (last string) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	var keys []string
	for key, o := range c.s.objects {
		if !o.gone && strings.HasPrefix(key, page.Prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		name, isPrefix := key, false
		if rest := key[len(page.Prefix):]; page.Delimiter != "" && strings.Contains(rest, page.Delimiter) {
			name, isPrefix = page.Prefix+rest[:strings.Index(rest, page.Delimiter)+len(page.Delimiter)], true
		}
		if name <= after || isPrefix && name == last {
			continue
		}
		if len(page.Contents)+len(page.CommonPrefixes) == most {
			page.IsTruncated = most > 0
			return last
		}
		last = name
		if isPrefix {
			page.CommonPrefixes = append(page.CommonPrefixes, commonPrefix{name})
			continue
		}
		o := c.s.objects[key]
		entry := listedObject{Key: key, LastModified: isoTime(o.modified), ETag: o.etag, Size: o.size, StorageClass: "STANDARD"}
		if c.s.o.Dialect == OSS {
			entry.StorageClass, entry.Type = "Standard", map[bool]string{true: "Multipart", false: "Normal"}[o.parts > 0]
		}
		page.Contents = append(page.Contents, entry)
	}
	return last
}

// encode is encoding-type=url.
func (p *listing) encode() {
	for _, s := range []*string{&p.Prefix, &p.StartAfter, &p.Delimiter, &p.NextMarker} {
		*s = uriEncode(*s, false)
	}
	if p.Marker != nil {
		*p.Marker = uriEncode(*p.Marker, false)
	}
	for i := range p.Contents {
		p.Contents[i].Key = uriEncode(p.Contents[i].Key, false)
	}
	for i := range p.CommonPrefixes {
		p.CommonPrefixes[i].Prefix = uriEncode(p.CommonPrefixes[i].Prefix, false)
	}
}

// token makes a continuation token that is not a key, so that no client takes
// it for one.
func token(key string) string { return "t" + hexEncode(key) }

func readToken(s string) (string, *failure) {
	key, err := hexDecode(strings.TrimPrefix(s, "t"))
	if err != nil || !strings.HasPrefix(s, "t") {
		return "", invalidArgument("The continuation token provided is incorrect")
	}
	return key, nil
}

// deleteObjects deletes up to 1000 keys. The body must be guarded by a digest.
func (c *call) deleteObjects() *failure {
	if c.bodyMD5 == "" && (c.s.o.Dialect != S3 || !c.hasChecksum()) {
		return fail(http.StatusBadRequest, "MissingArgument", "Missing required header for this request: Content-MD5")
	}
	body, f := c.read()
	if f != nil {
		return f
	}
	var in struct {
		XMLName xml.Name `xml:"Delete"`
		Quiet   bool
		Object  []struct{ Key string }
	}
	if err := xml.Unmarshal(body.data, &in); err != nil || len(in.Object) == 0 || len(in.Object) > 1000 {
		return malformedXML()
	}
	type deleted struct{ Key string }
	var out struct {
		XMLName      xml.Name `xml:"DeleteResult"`
		EncodingType string   `xml:",omitempty"`
		Deleted      []deleted
	}
	out.EncodingType = c.query("encoding-type")
	for _, o := range in.Object {
		c.s.remove(o.Key)
		if out.EncodingType == "url" {
			o.Key = uriEncode(o.Key, false)
		}
		if !in.Quiet {
			out.Deleted = append(out.Deleted, deleted(o))
		}
	}
	return c.xml(out)
}

func (c *call) hasChecksum() bool {
	return len(headerNames(c.r, func(n string) bool { return strings.HasPrefix(n, "x-amz-checksum-") })) > 0
}
