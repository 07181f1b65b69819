package bucket

import (
	"bytes"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

var (
	lasting   = Credential{ID: "lasting-id", Secret: "lasting-secret"}
	temporary = Credential{ID: "temporary-id", Secret: "temporary-secret", Token: "a+token/with=signs"}
)

// client signs requests for a server, by the functions that the vectors test.
type client struct {
	t    testing.TB
	s    *Server
	http *http.Client
	key  Credential
	// What the tests of refusals change; the zero value is right.
	now     time.Time
	region  string
	v1      bool   // OSS V1
	payload string // S3: instead of UNSIGNED-PAYLOAD
	host    string
	prefix  string // of the path, for path style
}

func start(t testing.TB, o Options) *client {
	t.Helper()
	o.Keys = append(o.Keys, lasting, temporary)
	if o.MinPart == 0 {
		o.MinPart = 100
	}
	return connect(t, New(t, o))
}

func connect(t testing.TB, s *Server) *client {
	return &client{t: t, s: s, http: s.Client(), key: lasting}
}

func eachDialect(t *testing.T, run func(t *testing.T, d Dialect)) {
	for _, d := range []Dialect{OSS, COS, S3} {
		t.Run(d.String(), func(t *testing.T) { run(t, d) })
	}
}

func (c client) with(change func(c *client)) *client {
	change(&c)
	return &c
}

// answer is a response that was read.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error // of the transport
}

func (a answer) code() string {
	var e struct{ Code string }
	_ = xml.Unmarshal(a.body, &e) // no XML, no code
	return e.Code
}

func (a answer) field(t testing.TB, name string) string {
	t.Helper()
	_, after, _ := strings.Cut(string(a.body), "<"+name+">")
	value, _, ok := strings.Cut(after, "</"+name+">")
	if !ok {
		t.Fatalf("no %s in %s", name, a.body)
	}
	return value
}

func (c *client) request(method, path string, body []byte, headers ...string) *http.Request {
	c.t.Helper()
	host := c.host
	if host == "" {
		host = c.s.BucketHost()
	}
	r, err := http.NewRequest(method, c.s.scheme()+"://"+host+c.prefix+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// do signs and sends. path is encoded and may have a query; key is decoded.
func (c *client) do(method, path, key string, body []byte, headers ...string) answer {
	c.t.Helper()
	r := c.request(method, path, body, headers...)
	c.sign(r, key)
	return c.send(r)
}

func (c *client) send(r *http.Request) answer {
	c.t.Helper()
	resp, err := c.http.Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, b, err}
}

func (c *client) clock() time.Time {
	if c.now.IsZero() {
		return time.Now()
	}
	return c.now
}

func (c *client) regionName() string {
	if c.region != "" {
		return c.region
	}
	return c.s.o.Region
}

func (c *client) sign(r *http.Request, key string) {
	c.t.Helper()
	params := parsed(c.t, r)
	own := [...]string{"x-oss-", "x-cos-", "x-amz-"}[c.s.o.Dialect]
	if c.key.Token != "" {
		r.Header.Set(own+"security-token", c.key.Token)
	}
	date := c.clock().UTC().Format(isoDate)
	switch {
	case c.s.o.Dialect == COS:
		period := fmt.Sprintf("%d;%d", c.clock().Unix(), c.clock().Add(time.Hour).Unix())
		headers := headerNames(r, func(n string) bool { return strings.HasPrefix(n, "x-cos-") || n == "content-type" })
		headers = append([]string{}, sortedWith(headers, "host")...)
		names := []string{}
		for _, p := range params {
			names = append(names, strings.ToLower(uriEncode(p.name, false)))
		}
		names = sortedWith(names)
		r.Header.Set("Authorization", "q-sign-algorithm=sha1&q-ak="+c.key.ID+"&q-sign-time="+period+"&q-key-time="+period+
			"&q-header-list="+strings.Join(headers, ";")+"&q-url-param-list="+strings.Join(names, ";")+
			"&q-signature="+cosSignature(c.key.Secret, period, period, r, "/"+key, params, headers, names))
	case c.s.o.Dialect == S3:
		payload := c.payload
		if payload == "" {
			payload = "UNSIGNED-PAYLOAD"
		}
		r.Header.Set("x-amz-content-sha256", payload)
		r.Header.Set("x-amz-date", date)
		signed := sortedWith(headerNames(r, func(n string) bool { return strings.HasPrefix(n, "x-amz-") }), "host")
		signature := s3Signature(c.key.Secret, date, c.regionName(), s3Canonical(r, c.prefix+"/"+key, params, signed, payload))
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+c.key.ID+"/"+date[:8]+"/"+c.regionName()+"/s3/aws4_request, SignedHeaders="+strings.Join(signed, ";")+", Signature="+signature)
	case c.v1:
		when := c.clock().UTC().Format(http.TimeFormat)
		r.Header.Set("Date", when)
		r.Header.Set("Authorization", "OSS "+c.key.ID+":"+ossV1Signature(c.key.Secret, r, when, c.s.Bucket(), key, params))
	default:
		r.Header.Set("x-oss-content-sha256", "UNSIGNED-PAYLOAD")
		r.Header.Set("x-oss-date", date)
		canonical := ossV4Canonical(r, c.s.Bucket(), key, params, []string{"host"})
		signature := hex.EncodeToString(hmacSHA256(ossV4Key(c.key.Secret, date[:8], c.regionName()), ossV4StringToSign(date, c.regionName(), canonical)))
		r.Header.Set("Authorization", "OSS4-HMAC-SHA256 Credential="+c.key.ID+"/"+date[:8]+"/"+c.regionName()+"/oss/aliyun_v4_request, AdditionalHeaders=host, Signature="+signature)
	}
}

// must is do with the status that has to come.
func (c *client) must(status int, method, path, key string, body []byte, headers ...string) answer {
	c.t.Helper()
	a := c.do(method, path, key, body, headers...)
	if a.err != nil || a.status != status {
		c.t.Fatalf("%s %s: status %d, error %v, want %d: %s", method, path, a.status, a.err, status, a.body)
	}
	return a
}

// refused is do with the error that has to come.
func (c *client) refused(status int, code, method, path, key string, body []byte, headers ...string) answer {
	c.t.Helper()
	a := c.must(status, method, path, key, body, headers...)
	if got := a.code(); got != code {
		c.t.Errorf("%s %s: code %s, want %s: %s", method, path, got, code, a.body)
	}
	return a
}

func (c *client) forbid() []string {
	return [...][]string{{"x-oss-forbid-overwrite", "true"}, {"x-cos-forbid-overwrite", "true"}, {"If-None-Match", "*"}}[c.s.o.Dialect]
}

// existsCode is how a dialect refuses to overwrite.
func (c *client) exists() (int, string) {
	if c.s.o.Dialect == S3 {
		return 412, "PreconditionFailed"
	}
	return 409, "FileAlreadyExists"
}

func (c *client) initiate(key string, headers ...string) string {
	c.t.Helper()
	return c.must(200, "POST", "/"+uriEncode(key, true)+"?uploads", key, nil, headers...).field(c.t, "UploadId")
}

// part sends a part and returns its ETag.
func (c *client) part(key, id string, n int, b []byte) string {
	c.t.Helper()
	return c.must(200, "PUT", partPath(key, id, n), key, b).header.Get("Etag")
}

func partPath(key, id string, n int) string {
	return fmt.Sprintf("/%s?partNumber=%d&uploadId=%s", uriEncode(key, true), n, id)
}

func completion(pairs ...any) []byte {
	var b strings.Builder
	b.WriteString("<CompleteMultipartUpload>")
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", pairs[i], pairs[i+1])
	}
	b.WriteString("</CompleteMultipartUpload>")
	return []byte(b.String())
}
