package remote

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/xml"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
)

// documentLimit is the most that an XML answer may have: a page of 1000 keys of
// 1023 bytes, each byte escaped, has 3 MB.
const documentLimit = 16 << 20

// Exchange is the transport of one call of a store. It is not for concurrent
// use. Where an SDK sends several requests in a row, the last is kept.
type Exchange struct {
	// Context is the one of the call; the requests' own is replaced by it,
	// because some calls of the SDKs take none.
	Context context.Context
	// Via does the work.
	Via http.RoundTripper
	// Keys are asked for each request. nil = requests are not signed.
	Keys cred.Provider
	// Sign signs a request that is about to leave, in place or as a copy.
	Sign func(r *http.Request, k cred.Keys) *http.Request
	// Object says that the body of a success is an object, to be streamed.
	Object bool

	sent   time.Time
	keys   *cred.Keys // behind a pointer, so that printing does not show them
	status int
	header http.Header
	err    error
	doc    []byte
}

// RoundTrip sends one request. All answers but objects are read to their end
// here. Whatever fails, the SDK sees a plain refusal: from anything else it would
// conclude that it should wait and try again.
func (x *Exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := x.roundTrip(r.Clone(x.Context))
	x.err = err
	if x.Failure(nil) != nil {
		resp = &http.Response{
			Status: "400 Bad Request", StatusCode: http.StatusBadRequest, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{}, Body: http.NoBody, Request: r,
		}
	}
	return resp, nil
}

func (x *Exchange) roundTrip(r *http.Request) (*http.Response, error) {
	x.status, x.header, x.doc, x.keys = 0, nil, nil, nil
	r.Header.Del("User-Agent") // ours, not the SDK's
	if x.Keys != nil {
		k, err := x.Keys.Get(x.Context)
		if err != nil {
			if r.Body != nil {
				_ = r.Body.Close() // as the contract of RoundTripper wants
			}
			return nil, err
		}
		x.keys = &k
		if k.ID != "" {
			r = x.Sign(r, k)
		}
	}
	x.sent = time.Now()
	resp, err := x.Via.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	x.status, x.header = resp.StatusCode, resp.Header
	if x.Object && resp.StatusCode/100 == 2 && x.ETag() != "" {
		return resp, nil
	}
	x.doc, err = httpx.ReadAll(x.Context, resp.Body, documentLimit)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(x.doc))
	return resp, nil
}

// Refuse notes, for Failure, why no request could be made, and returns it.
func (x *Exchange) Refuse(err error) error {
	x.err = err
	return err
}

// Status of the answer; 0 when there was none.
func (x *Exchange) Status() int { return x.status }

// Header is a header of the answer, "" without.
func (x *Exchange) Header(name string) string { return x.header.Get(name) }

// ETag of the answer, without quotes.
func (x *Exchange) ETag() string { return strings.Trim(x.header.Get("ETag"), `"`) }

// Failure says what went wrong, or nil. fromSDK is the SDK's opinion; its text
// is used only where no request was sent, because it may show a whole URL. The
// result is for [Service.Fail].
func (x *Exchange) Failure(fromSDK error) error {
	switch {
	case x.err != nil:
		return x.err
	case x.status == 0 && x.Context.Err() != nil: // the SDK saw that it was over
		return x.Context.Err()
	case x.status == 0:
		return httpx.Error(fromSDK)
	case x.status/100 != 2:
		return x.answer()
	}
	if a := x.answer(); a.Code != "" || fromSDK != nil {
		return a
	}
	return nil
}

// Document is Failure for an answer that must be an XML document of this root,
// and reads it into v: the SDKs take an empty answer, or somebody's HTML, for a
// list without entries, and leave out what they do not know.
func (x *Exchange) Document(root string, fromSDK error, v any) error {
	if err := x.Failure(fromSDK); err != nil {
		return err
	}
	for d := xml.NewDecoder(bytes.NewReader(x.doc)); ; {
		token, err := d.Token()
		if err != nil {
			return x.Unclear()
		}
		if e, ok := token.(xml.StartElement); ok {
			if e.Name.Local != root || d.DecodeElement(v, &e) != nil {
				return x.Unclear()
			}
			return nil
		}
	}
}

// Unclear is the failure when a success lacks what it must have, an ETag for
// one: whatever answered, the store did not.
func (x *Exchange) Unclear() error { return x.answer() }

// Answer is a failure that the service reported.
type Answer struct {
	Status    int
	Code      string // of the error document; "" without one
	Message   string
	RequestID string
	EC        string        // the finer code of OSS
	Region    string        // where the bucket is, if the service says so
	Endpoint  string        // the same as a host, as OSS tells it
	Ahead     time.Duration // how far this machine's clock is ahead of the service's
	After     time.Duration // when to come back; 0 when it does not say

	keys     *cred.Keys
	provider cred.Provider
}

func (x *Exchange) answer() *Answer {
	var doc struct {
		XMLName    xml.Name
		Code       string
		Message    string
		RequestID  string `xml:"RequestId"`
		EC         string
		Region     string
		Endpoint   string
		ServerTime string
	}
	text := x.doc
	if len(text) == 0 { // OSS answers HEAD by a header
		text, _ = base64.StdEncoding.DecodeString(x.Header("X-Oss-Err"))
	}
	a := &Answer{Status: x.status, keys: x.keys, provider: x.Keys}
	// An error of this document, cut off or not, leaves what was read so far.
	if _ = xml.Unmarshal(text, &doc); doc.XMLName.Local == "Error" {
		a.Code, a.Message, a.RequestID, a.Region = x.clean(doc.Code, 64), x.clean(doc.Message, 300), x.clean(doc.RequestID, 100), x.clean(doc.Region, 64)
		a.EC, a.Endpoint = x.clean(doc.EC, 64), x.clean(doc.Endpoint, 255)
	}
	if a.EC == "" {
		a.EC = x.clean(x.Header("X-Oss-Ec"), 64)
	}
	for _, name := range []string{"X-Oss-Request-Id", "X-Cos-Request-Id", "X-Amz-Request-Id", "X-Obs-Request-Id"} {
		if a.RequestID == "" {
			a.RequestID = x.clean(x.Header(name), 100)
		}
	}
	if a.Region == "" {
		a.Region = x.clean(x.Header("X-Amz-Bucket-Region"), 64)
	}
	if at, err := http.ParseTime(x.Header("Date")); err == nil {
		a.Ahead = x.sent.Sub(at)
	} else if at, err := time.Parse(time.RFC3339, doc.ServerTime); err == nil {
		a.Ahead = x.sent.Sub(at)
	}
	a.After = retryAfter(x.Header("Retry-After"), x.sent.Add(-a.Ahead))
	return a
}

// clean makes text from outside fit for a message: one line, not long, and
// without the keys that the request carried, should the service repeat them.
func (x *Exchange) clean(s string, limit int) string {
	if x.keys != nil {
		for _, secret := range []string{x.keys.Secret, x.keys.Token, x.keys.ID} {
			if secret != "" {
				s = strings.ReplaceAll(s, secret, "***")
			}
		}
	}
	s = strings.Join(strings.FieldsFunc(httpx.Redact(s), func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit]) + "…"
	}
	return s
}

// retryAfter reads the header of that name: seconds, or a date of the server.
func retryAfter(s string, serverNow time.Time) time.Duration {
	if n, err := strconv.Atoi(s); err == nil {
		return time.Duration(min(max(n, 0), 86400)) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return min(max(at.Sub(serverNow), 0), 24*time.Hour)
	}
	return 0
}

// Info is what the headers of an answer tell about an object, but for its size.
func (x *Exchange) Info(key string) store.Info {
	info := store.Info{Key: key, ETag: x.ETag()}
	info.Modified, _ = http.ParseTime(x.Header("Last-Modified")) // zero when it does not say
	return info
}

// Part is the failure of one object among those of a request that succeeded as a
// whole.
func (x *Exchange) Part(code, message string) error {
	a := x.answer()
	a.Code, a.Message = x.clean(code, 64), x.clean(message, 300)
	return a
}
