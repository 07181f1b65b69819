package bucket

import (
	"net/http"
	"net/url"
	"testing"
)

func FuzzParsers(f *testing.F) {
	for _, s := range []string{"", "acl&b=c", "%zz", "a=%E8%85%BE", "host;range", "Credential=a/b,Signature=c", "bytes=1-2", "bytes=-", "bytes=-9223372036854775808", "1;2", "<Delete/>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if params, err := parseQuery(s); err == nil {
			again, err := parseQuery(canonicalQuery(params, false))
			if err != nil || len(again) != len(params) {
				t.Errorf("canonical form of %q has %d parameters of %d: %v", s, len(again), len(params), err)
			}
		}
		if got, err := url.PathUnescape(uriEncode(s, true)); err != nil || got != s {
			t.Errorf("uriEncode(%q) decodes to %q: %v", s, got, err)
		}
		authFields(s)
		cosList(s)
		ossAdditional(s, true)
		stsDuration(s)
		for _, standard := range []bool{true, false} {
			if from, to, state := byteRange(s, 10, standard); state != outOfRange && (from < 0 || to > 10 || from > to) {
				t.Errorf("range %q: %d to %d", s, from, to)
			}
		}
	})
}

// Whatever comes in a header or a query, the answer is an error of the service.
func FuzzAuthorization(f *testing.F) {
	f.Add(uint8(0), "OSS4-HMAC-SHA256 Credential=a/20250101/cn-hangzhou/oss/aliyun_v4_request,Signature=0", "x-oss-date=1")
	f.Add(uint8(0), "OSS a:b", "Signature=1&OSSAccessKeyId=2&Expires=3")
	f.Add(uint8(1), "q-sign-algorithm=sha1&q-ak=a&q-signature=b&q-key-time=1;2&q-sign-time=1;2", "q-signature=1")
	f.Add(uint8(2), "AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request,SignedHeaders=host,Signature=0", "X-Amz-Signature=1&X-Amz-Date=20250101T000000Z")
	servers := [3]*Server{}
	for d := range servers {
		servers[d] = New(f, Options{Dialect: Dialect(d), Keys: []Credential{lasting}})
	}
	f.Fuzz(func(t *testing.T, d uint8, authorization, query string) {
		s := servers[d%3]
		r := &http.Request{Method: "GET", Host: s.BucketHost(), URL: &url.URL{Path: "/a", RawQuery: query}, Header: http.Header{"Authorization": {authorization}}, Body: http.NoBody}
		w := &memory{header: http.Header{}}
		s.ServeHTTP(w, r.WithContext(t.Context()))
		if w.status < 400 || w.status > 501 {
			t.Errorf("%q %q: %d", authorization, query, w.status)
		}
		s.ResetRequests()
	})
}

type memory struct {
	header http.Header
	status int
}

func (m *memory) Header() http.Header         { return m.header }
func (m *memory) WriteHeader(status int)      { m.status = status }
func (m *memory) Write(p []byte) (int, error) { return len(p), nil }
