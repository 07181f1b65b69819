package bucket

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
)

func TestMultipart(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		own := [...]string{"x-oss-", "x-cos-", "x-amz-"}[d]
		big, tail := bytes.Repeat([]byte("x"), 100), []byte("tail")
		key, path := oddKey, "/"+uriEncode(oddKey, true)
		id := c.initiate(key, "Content-Type", "text/plain", "Cache-Control", "no-cache")
		stale := c.part(key, id, 2, []byte("replaced later"))
		c.part(key, id, 7, tail)
		one, two, seven := c.part(key, id, 1, big), c.part(key, id, 2, big), c.part(key, id, 7, tail)
		c.refused(404, "NoSuchKey", "GET", path, key, nil)
		if names, _ := walk(c, "max-keys=10"); len(names) != 0 {
			t.Errorf("an unfinished upload is listed: %q", names)
		}
		done := func(body []byte, headers ...string) answer {
			return c.do("POST", path+"?uploadId="+id, key, body, headers...)
		}
		for _, r := range []struct {
			code string
			body []byte
		}{
			{"InvalidPart", completion(1, one, 2, stale)}, {"InvalidPart", completion(1, one, 3, two)},
			{"InvalidPartOrder", completion(2, two, 1, one)}, {"InvalidPartOrder", completion(1, one, 1, one)},
			{"EntityTooSmall", completion(1, one, 7, seven, 8, c.part(key, id, 8, tail))},
			{"MalformedXML", completion()}, {"MalformedXML", []byte("no XML")},
		} {
			if a := done(r.body); a.status != 400 || a.code() != r.code {
				t.Errorf("%s: %d %s", r.code, a.status, a.body)
			}
		}
		a := done(completion(1, one, 2, two, 7, strings.Trim(seven, `"`)))
		want := append(append([]byte{}, append(big, big...)...), tail...)
		if a.status != 200 || !strings.Contains(a.field(t, "ETag"), "-3") {
			t.Fatalf("complete: %d %s", a.status, a.body)
		}
		if got := a.header.Get(own + "hash-crc64ecma"); d != S3 && got != crcOf(want) {
			t.Errorf("CRC64 of the whole: %s, want %s", got, crcOf(want))
		}
		got := c.must(200, "GET", path, key, nil)
		if !bytes.Equal(got.body, want) || got.header.Get("Content-Type") != "text/plain" || got.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("object: %d bytes, %v", len(got.body), got.header)
		}
		if a := done(completion(1, one)); a.status != 404 || a.code() != "NoSuchUpload" {
			t.Errorf("complete again: %d %s", a.status, a.body)
		}
		c.refused(404, "NoSuchUpload", "PUT", partPath(key, id, 1), key, big)
		c.refused(404, "NoSuchUpload", "DELETE", path+"?uploadId="+id, key, nil)
	})
}

func TestMultipartLimits(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		id := c.initiate("a")
		for _, n := range []int{0, -1, 10001} {
			c.refused(400, "InvalidArgument", "PUT", partPath("a", id, n), "a", []byte("x"))
		}
		c.part("a", id, 10000, []byte("x"))
		c.refused(404, "NoSuchUpload", "PUT", partPath("b", id, 1), "b", []byte("x"))
		c.must(204, "DELETE", "/a?uploadId="+id, "a", nil)
		if len(c.s.Uploads()) != 0 {
			t.Errorf("uploads left: %v", c.s.Uploads())
		}
	})
}

func TestMultipartDefaultMinimum(t *testing.T) {
	for d, want := range map[Dialect]int64{OSS: 100 << 10, COS: 1 << 20, S3: 5 << 20} {
		if got := (Options{Dialect: d}).withDefaults().MinPart; got != want {
			t.Errorf("%s: least part %d, want %d", d, got, want)
		}
	}
}

func TestMultipartForbidOverwrite(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		status, code := c.exists()
		id := c.initiate("a", c.forbid()...)
		etag := c.part("a", id, 1, []byte("late"))
		c.s.PutObject("a", []byte("first"), nil)
		c.refused(status, code, "POST", "/a?uploadId="+id, "a", completion(1, etag), c.forbid()...)
		if string(c.s.Objects()["a"].Content) != "first" || len(c.s.Uploads()) != 1 {
			t.Errorf("object %q, uploads %v", c.s.Objects()["a"].Content, c.s.Uploads())
		}
		if d == S3 { // no condition at initiate there
			c.must(200, "POST", "/a?uploads", "a", nil, c.forbid()...)
		} else {
			c.refused(status, code, "POST", "/a?uploads", "a", nil, c.forbid()...)
		}
		c.must(200, "POST", "/a?uploadId="+id, "a", completion(1, etag)) // without the header it replaces
		if o := c.s.Objects()["a"]; string(o.Content) != "late" || o.Parts != 1 || o.Writes != 2 {
			t.Errorf("object: %+v", o)
		}
	})
}

func TestListPartsAndUploads(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		id := c.initiate("k/a")
		for n := 1; n <= 5; n++ {
			c.part("k/a", id, n*3, bytes.Repeat([]byte{byte(n)}, n))
		}
		var numbers, sizes []int
		for marker, more := 0, true; more; {
			var page struct {
				NextPartNumberMarker int
				IsTruncated          bool
				Part                 []listedPart
			}
			a := c.must(200, "GET", fmt.Sprintf("/k/a?max-parts=2&part-number-marker=%d&uploadId=%s", marker, id), "k/a", nil)
			if err := xml.Unmarshal(a.body, &page); err != nil {
				t.Fatal(err)
			}
			for _, p := range page.Part {
				numbers, sizes = append(numbers, p.PartNumber), append(sizes, p.Size)
				if want := bytes.Repeat([]byte{byte(p.PartNumber / 3)}, p.Size); d == OSS && p.HashCrc64ecma != crcOf(want) {
					t.Errorf("part %d: CRC64 %q", p.PartNumber, p.HashCrc64ecma)
				}
			}
			marker, more = page.NextPartNumberMarker, page.IsTruncated
		}
		if fmt.Sprint(numbers, sizes) != "[3 6 9 12 15] [1 2 3 4 5]" {
			t.Errorf("parts %v of %v bytes", numbers, sizes)
		}
		other := c.initiate("l")
		again := c.initiate("k/a")
		var seen []string
		for key, upload, more := "", "", true; more; {
			var page struct {
				NextKeyMarker, NextUploadIdMarker string
				IsTruncated                       bool
				Upload                            []listedUpload
			}
			a := c.must(200, "GET", "/?uploads&max-uploads=1&key-marker="+uriEncode(key, false)+"&upload-id-marker="+upload, "", nil)
			if err := xml.Unmarshal(a.body, &page); err != nil {
				t.Fatal(err)
			}
			for _, u := range page.Upload {
				seen = append(seen, u.UploadId)
			}
			key, upload, more = page.NextKeyMarker, page.NextUploadIdMarker, page.IsTruncated
		}
		if len(seen) != 3 || seen[2] != other || seen[0] != min(id, again) || seen[1] != max(id, again) {
			t.Errorf("uploads %v, want %s, %s and %s", seen, id, again, other)
		}
		if a := c.must(200, "GET", "/?uploads&prefix=l", "", nil); strings.Count(string(a.body), "<Upload>") != 1 {
			t.Errorf("by prefix: %s", a.body)
		}
	})
}
