package bucket

import (
	"bytes"
	"hash/crc64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func parsed(t testing.TB, r *http.Request) []param {
	t.Helper()
	params, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		t.Fatal(err)
	}
	return params
}

func sortedWith(names []string, more ...string) []string {
	names = append(slices.Clone(names), more...)
	slices.Sort(names)
	return names
}

func crcOf(b []byte) string {
	return strconv.FormatUint(crc64.Checksum(b, crc64.MakeTable(crc64.ECMA)), 10)
}

const oddKey = "demo/v1/a b+c(中)~!.tar.gz"

func TestObjectRoundTrip(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		now := time.Now().Add(-time.Minute)
		c := start(t, Options{Dialect: d, Now: func() time.Time { return now }})
		own := [...]string{"x-oss-", "x-cos-", "x-amz-"}[d]
		body, path := []byte("some content"), "/"+uriEncode(oddKey, true)
		put := c.must(200, "PUT", path, oddKey, body, "Content-Type", "application/gzip", "Cache-Control", "no-cache",
			"Content-Disposition", `attachment; filename="x"`, own+"meta-one", "eins")
		for _, method := range []string{"GET", "HEAD"} {
			a := c.must(200, method, path, oddKey, nil)
			for name, want := range map[string]string{
				"Content-Type": "application/gzip", "Cache-Control": "no-cache", "Content-Disposition": `attachment; filename="x"`, own + "meta-one": "eins",
				"Last-Modified": now.UTC().Format(http.TimeFormat), "Etag": put.header.Get("Etag"), "Content-Length": strconv.Itoa(len(body)),
				"Date": now.UTC().Format(http.TimeFormat),
			} {
				if got := a.header.Get(name); got != want {
					t.Errorf("%s: %s is %q, want %q", method, name, got, want)
				}
			}
			if method == "GET" && !bytes.Equal(a.body, body) {
				t.Errorf("content %q", a.body)
			}
			if got := a.header.Get(own + "hash-crc64ecma"); (d == S3) != (got == "") || got != "" && got != crcOf(body) {
				t.Errorf("%s: CRC64 %q", method, got)
			}
		}
		if etag := put.header.Get("Etag"); !strings.HasPrefix(etag, `"`) || (etag == strings.ToUpper(etag)) != (d == OSS) {
			t.Errorf("ETag %s", etag)
		}
		if o := c.s.Objects()[oddKey]; string(o.Content) != "some content" || o.Writes != 1 {
			t.Errorf("in the bucket: %+v", o)
		}
		c.must(204, "DELETE", path, oddKey, nil)
		c.must(204, "DELETE", path, oddKey, nil)
		c.refused(404, "NoSuchKey", "GET", path, oddKey, nil)
		c.must(404, "HEAD", path, oddKey, nil)
	})
}

func TestWithoutCRC64(t *testing.T) {
	for _, d := range []Dialect{OSS, COS} {
		c := start(t, Options{Dialect: d, NoCRC64: true})
		a := c.must(200, "PUT", "/a", "a", []byte("x"))
		if got := a.header.Get([...]string{"x-oss-", "x-cos-"}[d] + "hash-crc64ecma"); got != "" {
			t.Errorf("%s: CRC64 %s in the mode without", d, got)
		}
	}
}

func TestContentMD5(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		c.must(200, "PUT", "/a", "a", []byte("x"), "Content-MD5", base64MD5([]byte("x")))
		a := c.must(400, "PUT", "/a", "a", []byte("y"), "Content-MD5", base64MD5([]byte("x")))
		if want := map[Dialect]string{OSS: "InvalidDigest", COS: "BadDigest", S3: "BadDigest"}[d]; a.code() != want {
			t.Errorf("code %s, want %s", a.code(), want)
		}
		if got := string(c.s.Objects()["a"].Content); got != "x" {
			t.Errorf("content %q", got)
		}
	})
}

// OSS ignores a range that is not wholly inside, unless asked to be standard.
func TestRanges(t *testing.T) {
	content := "0123456789"
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		c.s.PutObject("a", []byte(content), nil)
		for _, r := range []struct {
			header        string
			status, loose int
			body          string
		}{
			{"bytes=2-4", 206, 206, "234"}, {"bytes=7-", 206, 206, "789"}, {"bytes=-3", 206, 206, "789"}, {"bytes=0-9", 206, 206, content},
			{"bytes=5-99", 206, 200, "56789"}, {"bytes=10-", 416, 200, ""}, {"bytes=-99", 206, 200, content}, {"bytes=99-100", 416, 200, ""},
			{"bytes=4-2", 200, 200, content}, {"lines=1-2", 200, 200, content}, {"bytes=0-1,3-4", 200, 200, content},
		} {
			status, body := r.status, r.body
			if d == OSS {
				if status = r.loose; status == 200 {
					body = content
				}
			}
			a := c.must(status, "GET", "/a", "a", nil, "Range", r.header)
			if status != 416 && string(a.body) != body {
				t.Errorf("%s: %q, want %q", r.header, a.body, body)
			}
			if d == OSS {
				if a := c.must(r.status, "GET", "/a", "a", nil, "Range", r.header, "x-oss-range-behavior", "standard"); r.status == 206 && string(a.body) != r.body {
					t.Errorf("%s, standard: %q, want %q", r.header, a.body, r.body)
				}
			}
		}
		if a := c.must(206, "GET", "/a", "a", nil, "Range", "bytes=2-4"); a.header.Get("Content-Range") != "bytes 2-4/10" {
			t.Errorf("Content-Range %q", a.header.Get("Content-Range"))
		}
	})
}

func TestConditions(t *testing.T) {
	now := time.Now().Truncate(time.Second)
	c := start(t, Options{Now: func() time.Time { return now }})
	etag := c.must(200, "PUT", "/a", "a", []byte("x")).header.Get("Etag")
	earlier, later := now.Add(-time.Second).UTC().Format(http.TimeFormat), now.UTC().Format(http.TimeFormat)
	for _, r := range []struct {
		name, value string
		status      int
	}{
		{"If-Match", etag, 200}, {"If-Match", `"other"`, 412}, {"If-Match", "*", 200},
		{"If-None-Match", etag, 304}, {"If-None-Match", `"other"`, 200},
		{"If-Modified-Since", later, 304}, {"If-Modified-Since", earlier, 200},
		{"If-Unmodified-Since", later, 200}, {"If-Unmodified-Since", earlier, 412},
	} {
		if a := c.must(r.status, "GET", "/a", "a", nil, r.name, r.value); (r.status == 200) != (string(a.body) == "x") {
			t.Errorf("%s %s: %q", r.name, r.value, a.body)
		}
	}
}

func TestForbidOverwrite(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		status, code := c.exists()
		c.must(200, "PUT", "/a", "a", []byte("first"), append(c.forbid(), "Content-Type", "text/first")...)
		c.refused(status, code, "PUT", "/a", "a", []byte("second"), append(c.forbid(), "Content-Type", "text/second")...)
		if o := c.s.Objects()["a"]; string(o.Content) != "first" || o.Header.Get("Content-Type") != "text/first" || o.Writes != 1 {
			t.Errorf("after the refusal: %+v", o)
		}
		source := [...]string{"/releases/a", "releases-1250000000.cos.ap-guangzhou.myqcloud.com/a", "releases/a"}[d]
		from := [...]string{"x-oss-copy-source", "x-cos-copy-source", "x-amz-copy-source"}[d]
		c.must(200, "PUT", "/b", "b", nil, append(c.forbid(), from, source)...)
		c.refused(status, code, "PUT", "/b", "b", nil, append(c.forbid(), from, source)...)
		if string(c.s.Objects()["b"].Content) != "first" {
			t.Errorf("the copy holds %q", c.s.Objects()["b"].Content)
		}
		c.must(204, "DELETE", "/a", "a", nil)
		c.must(200, "PUT", "/a", "a", []byte("third"), c.forbid()...)
		c.must(200, "PUT", "/a", "a", []byte("fourth"))
		if log := c.s.Requests(PutObject); !log[0].IfAbsent || log[len(log)-1].IfAbsent {
			t.Errorf("log: %v", log)
		}
	})
}

func TestForbidOverwriteIsVoidWhenVersioned(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d, Versioned: true})
		c.must(200, "PUT", "/a", "a", []byte("first"), c.forbid()...)
		if d == S3 { // a condition holds there as well
			c.refused(412, "PreconditionFailed", "PUT", "/a", "a", []byte("second"), c.forbid()...)
			return
		}
		a := c.must(200, "PUT", "/a", "a", []byte("second"), c.forbid()...)
		if string(c.s.Objects()["a"].Content) != "second" || a.header.Get([...]string{"x-oss-", "x-cos-"}[d]+"version-id") == "" {
			t.Errorf("object %q, headers %v", c.s.Objects()["a"].Content, a.header)
		}
	})
}

func TestVersioningIsAnswered(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		for want, o := range map[string]Options{"<VersioningConfiguration></": {}, "<Status>Enabled</": {Versioned: true}, "<Status>Suspended</": {Versioned: true, Suspended: true}} {
			o.Dialect = d
			c := start(t, o)
			if a := c.must(200, "GET", "/?versioning", "", nil); !strings.Contains(string(a.body), want) || c.s.Requests()[0].Op != GetVersioning {
				t.Errorf("%s", a.body)
			}
		}
	})
}

func TestCopyMetadata(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		own := [...]string{"x-oss-", "x-cos-", "x-amz-"}[d]
		c.s.PutObject(oddKey, []byte("x"), http.Header{"Content-Type": {"text/old"}, "Cache-Control": {"old"}})
		source := [...]string{"/releases/", "releases-1250000000.cos.ap-guangzhou.myqcloud.com/", "/releases/"}[d] + uriEncode(oddKey, true)
		c.must(200, "PUT", "/kept", "kept", nil, own+"copy-source", source)
		c.must(200, "PUT", "/new", "new", nil, own+"copy-source", source, own+"metadata-directive", [...]string{"REPLACE", "Replaced", "REPLACE"}[d], "Content-Type", "text/new")
		kept, fresh := c.s.Objects()["kept"].Header, c.s.Objects()["new"].Header
		if kept.Get("Content-Type") != "text/old" || fresh.Get("Content-Type") != "text/new" || fresh.Get("Cache-Control") != "" {
			t.Errorf("kept %v, new %v", kept, fresh)
		}
		c.refused(404, "NoSuchKey", "PUT", "/x", "x", nil, own+"copy-source", strings.Replace(source, "demo", "none", 1))
	})
}
