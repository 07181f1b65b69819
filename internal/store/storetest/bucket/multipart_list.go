package bucket

import (
	"cmp"
	"encoding/xml"
	"maps"
	"slices"
	"strconv"
	"strings"
)

type listedPart struct {
	PartNumber    int
	LastModified  string
	ETag          string
	HashCrc64ecma string `xml:",omitempty"` // OSS alone
	Size          int
}

func (c *call) listParts() *failure {
	most, f := c.number("max-parts", c.s.o.Page, c.s.o.Page)
	if f != nil {
		return f
	}
	after, f := c.number("part-number-marker", 0, maxParts)
	if f != nil {
		return f
	}
	page := struct {
		XMLName              xml.Name `xml:"ListPartsResult"`
		Bucket               string
		Key                  string
		UploadId             string
		PartNumberMarker     int
		NextPartNumberMarker int
		MaxParts             int
		IsTruncated          bool
		Part                 []listedPart
	}{Bucket: c.s.o.Bucket, Key: c.encoded(c.key), UploadId: c.query("uploadId"), PartNumberMarker: after, MaxParts: most}
	c.s.mu.Lock()
	u, f := c.under()
	if f != nil {
		c.s.mu.Unlock()
		return f
	}
	for _, n := range slices.Sorted(maps.Keys(u.parts)) {
		if n <= after {
			continue
		}
		if len(page.Part) == most {
			page.IsTruncated = true
			break
		}
		p := u.parts[n]
		entry := listedPart{PartNumber: n, LastModified: isoTime(p.modified), ETag: p.etag(c.s.o.Dialect), Size: len(p.data)}
		if c.s.o.Dialect == OSS && !c.s.o.NoCRC64 {
			entry.HashCrc64ecma = strconv.FormatUint(p.crc, 10)
		}
		page.Part, page.NextPartNumberMarker = append(page.Part, entry), n
	}
	c.s.mu.Unlock()
	return c.xml(page)
}

type listedUpload struct {
	Key       string
	UploadId  string
	Initiated string
}

func (c *call) listUploads() *failure {
	most, f := c.number("max-uploads", c.s.o.Page, c.s.o.Page)
	if f != nil {
		return f
	}
	keyMarker, idMarker, prefix := c.query("key-marker"), c.query("upload-id-marker"), c.query("prefix")
	page := struct {
		XMLName            xml.Name `xml:"ListMultipartUploadsResult"`
		Bucket             string
		EncodingType       string `xml:",omitempty"`
		KeyMarker          string
		UploadIdMarker     string
		NextKeyMarker      string
		NextUploadIdMarker string
		Prefix             string
		MaxUploads         int
		IsTruncated        bool
		Upload             []listedUpload
	}{
		Bucket: c.s.o.Bucket, EncodingType: c.query("encoding-type"), KeyMarker: c.encoded(keyMarker), UploadIdMarker: idMarker,
		Prefix: c.encoded(prefix), MaxUploads: most,
	}
	c.s.mu.Lock()
	ids := slices.SortedFunc(maps.Keys(c.s.uploads), func(a, b string) int {
		x, y := c.s.uploads[a], c.s.uploads[b]
		return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(a, b))
	})
	for _, id := range ids {
		u := c.s.uploads[id]
		behind := u.key > keyMarker || u.key == keyMarker && idMarker != "" && id > idMarker
		if !strings.HasPrefix(u.key, prefix) || !behind {
			continue
		}
		if len(page.Upload) == most {
			page.IsTruncated = true
			break
		}
		page.Upload = append(page.Upload, listedUpload{Key: c.encoded(u.key), UploadId: id, Initiated: isoTime(u.started)})
		page.NextKeyMarker, page.NextUploadIdMarker = c.encoded(u.key), id
	}
	c.s.mu.Unlock()
	return c.xml(page)
}
