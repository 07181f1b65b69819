package bucket

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// schemes are the clients of all ways to sign.
func schemes(t *testing.T, o Options, run func(t *testing.T, c *client)) {
	for _, v := range []struct {
		name string
		d    Dialect
		v1   bool
	}{{"OSS V1", OSS, true}, {"OSS V4", OSS, false}, {"q-sign", COS, false}, {"SigV4", S3, false}} {
		t.Run(v.name, func(t *testing.T) {
			o.Dialect = v.d
			c := start(t, o)
			c.v1 = v.v1
			run(t, c)
		})
	}
}

func TestRefusals(t *testing.T) {
	schemes(t, Options{}, func(t *testing.T, c *client) {
		d, v1 := c.s.o.Dialect, c.v1
		path := "/" + uriEncode(oddKey, true)
		c.must(200, "PUT", path, oddKey, []byte("x"))
		log := c.s.Requests()
		if r := log[0]; r.SignedAs != lasting.ID || "TestRefusals/"+strings.ReplaceAll(r.Scheme, " ", "_") != t.Name() {
			t.Errorf("logged as %q by %q", r.Scheme, r.SignedAs)
		}
		wrong := c.with(func(c *client) { c.key.Secret = "wrong" })
		wrong.refused(403, "SignatureDoesNotMatch", "GET", path, oddKey, nil)
		unknown := c.with(func(c *client) { c.key.ID = "unknown" })
		unknown.refused(403, "InvalidAccessKeyId", "GET", path, oddKey, nil)
		if a := c.send(c.request("GET", path, nil)); a.status != 403 || a.code() != "AccessDenied" {
			t.Errorf("unsigned: %d %s", a.status, a.body)
		}
		// What was signed is what has to come.
		r := c.request("GET", path, nil)
		c.sign(r, oddKey)
		r.Method = "DELETE"
		if a := c.send(r); a.code() != "SignatureDoesNotMatch" || a.status != 403 {
			t.Errorf("other method: %d %s", a.status, a.body)
		}
		r = c.request("GET", "/other", nil)
		c.sign(r, oddKey)
		if a := c.send(r); a.code() != "SignatureDoesNotMatch" {
			t.Errorf("other key: %d %s", a.status, a.body)
		}
		if d != COS { // which says itself what it signs
			r = c.request("PUT", path, nil)
			c.sign(r, oddKey)
			r.Header.Set(c.ownPrefix()+"meta-added", "x")
			if a := c.send(r); a.status != 403 {
				t.Errorf("header added: %d %s", a.status, a.body)
			}
			r = c.request("GET", "/?uploads", nil)
			c.sign(r, "")
			r.URL.RawQuery = "uploads&uploadId=x"
			if a := c.send(r); a.code() != "SignatureDoesNotMatch" {
				t.Errorf("sub-resource added: %d %s", a.status, a.body)
			}
		}
		if !v1 && d != COS {
			region := c.with(func(c *client) { c.region = "elsewhere" })
			want := map[Dialect]string{OSS: "InvalidArgument", S3: "AuthorizationHeaderMalformed"}[d]
			region.refused(400, want, "GET", path, oddKey, nil)
		}
	})
}

func (c *client) ownPrefix() string { return [...]string{"x-oss-", "x-cos-", "x-amz-"}[c.s.o.Dialect] }

func TestClock(t *testing.T) {
	schemes(t, Options{}, func(t *testing.T, c *client) {
		c.s.PutObject("a", nil, http.Header{})
		at := func(d time.Duration) answer {
			return c.with(func(c *client) { c.now = time.Now().Add(d) }).do("GET", "/a", "a", nil)
		}
		for _, d := range []time.Duration{14 * time.Minute, -14 * time.Minute} {
			if a := at(d); a.status != 200 {
				t.Errorf("%v off: %d %s", d, a.status, a.body)
			}
		}
		a := at(16 * time.Minute)
		if a.status != 403 || a.code() != "RequestTimeTooSkewed" {
			t.Errorf("16 minutes ahead: %d %s", a.status, a.body)
		}
		server, err := time.Parse(time.RFC3339, a.field(t, "ServerTime"))
		if d := time.Since(server); err != nil || d < -time.Second || d > time.Minute {
			t.Errorf("server time %v, error %v", server, err)
		}
		late := at(-61 * time.Minute)
		want := "RequestTimeTooSkewed"
		if c.s.o.Dialect == COS { // the signature names its own end
			want = "AccessDenied"
		}
		if late.status != 403 || late.code() != want {
			t.Errorf("an hour behind: %d %s", late.status, late.body)
		}
	})
}

func TestTokens(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	schemes(t, Options{Now: clock}, func(t *testing.T, c *client) {
		now = time.Now()
		d := c.s.o.Dialect
		short := Credential{ID: "short", Secret: "s", Token: "t", Expires: now.Add(5 * time.Minute)}
		c.s.Grant(short)
		c.with(func(c *client) { c.key = temporary }).must(200, "PUT", "/a", "a", nil)
		c.with(func(c *client) { c.key = short }).must(200, "PUT", "/a", "a", nil)
		c.with(func(c *client) { c.key = temporary; c.key.Token = "" }).refused(403, "InvalidAccessKeyId", "PUT", "/a", "a", nil)
		other := c.with(func(c *client) { c.key = temporary; c.key.Token = "other" }).do("PUT", "/a", "a", nil)
		if want := map[Dialect]string{OSS: "InvalidSecurityToken", COS: "AccessDenied", S3: "InvalidToken"}[d]; other.code() != want {
			t.Errorf("wrong token: %d %s, want %s", other.status, other.body, want)
		}
		now = now.Add(6 * time.Minute)
		gone := c.with(func(c *client) { c.key, c.now = short, now }).do("PUT", "/a", "a", nil)
		want := map[Dialect]string{OSS: "403 SecurityTokenExpired", COS: "403 ExpiredToken", S3: "400 ExpiredToken"}[d]
		if got := fmt.Sprint(gone.status, " ", gone.code()); got != want {
			t.Errorf("expired token: %s, want %s", got, want)
		}
		c.s.Revoke(temporary.ID)
		c.with(func(c *client) { c.key, c.now = temporary, now }).refused(403, "InvalidAccessKeyId", "PUT", "/a", "a", nil)
	})
}

// The old SDK's form: V4 over the text of Date. See the package documentation.
func TestOSSV4WithoutISODateIsRefused(t *testing.T) {
	c := start(t, Options{})
	r := c.request("GET", "/a", nil, "x-oss-content-sha256", "UNSIGNED-PAYLOAD")
	now := time.Now().UTC()
	r.Header.Set("Date", now.Format(http.TimeFormat))
	canonical := ossV4Canonical(r, c.s.Bucket(), "a", nil, nil)
	day := now.Format("20060102")
	scope := day + "/cn-hangzhou/oss/aliyun_v4_request"
	toSign := "OSS4-HMAC-SHA256\n" + r.Header.Get("Date") + "\n" + scope + "\n" + hexSHA256([]byte(canonical))
	r.Header.Set("Authorization", "OSS4-HMAC-SHA256 Credential="+lasting.ID+"/"+scope+",Signature="+hex.EncodeToString(hmacSHA256(ossV4Key(lasting.Secret, day, "cn-hangzhou"), toSign)))
	if a := c.send(r); a.status != 403 || a.code() != "AccessDenied" || !strings.Contains(string(a.body), "x-oss-date") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestOSSV4HeaderRules(t *testing.T) {
	c := start(t, Options{})
	for _, authorization := range []string{
		"OSS4-HMAC-SHA256 nonsense", "OSS nocolon", "Bearer x",
		"OSS4-HMAC-SHA256 Credential=a/b/c,Signature=00",
		"OSS4-HMAC-SHA256 Credential=a/20250101/cn-hangzhou/oss/aliyun_v4_request,AdditionalHeaders=,Signature=00",
		"OSS4-HMAC-SHA256 Credential=a/20250101/cn-hangzhou/oss/aliyun_v4_request,AdditionalHeaders=host;,Signature=00",
		"OSS4-HMAC-SHA256 Credential=a/20250101/cn-hangzhou/oss/aliyun_v4_request,AdditionalHeaders=range;host,Signature=00",
		"OSS4-HMAC-SHA256 Credential=a/20250101/cn-hangzhou/oss/aliyun_v4_request,AdditionalHeaders=Host,Signature=00",
		"OSS4-HMAC-SHA256 Credential=a/20250101/cn-hangzhou/oss/aliyun_v4_request,AdditionalHeaders=x-oss-date,Signature=00",
	} {
		r := c.request("GET", "/a", nil, "x-oss-content-sha256", "UNSIGNED-PAYLOAD", "x-oss-date", time.Now().UTC().Format(isoDate), "Authorization", authorization)
		if a := c.send(r); a.status != 400 || a.code() != "InvalidArgument" {
			t.Errorf("%s: %d %s", authorization, a.status, a.body)
		}
	}
}

func TestS3Payload(t *testing.T) {
	c := start(t, Options{Dialect: S3})
	body := []byte("signed as well")
	right := c.with(func(c *client) { c.payload = hexSHA256(body) })
	right.must(200, "PUT", "/a", "a", body)
	right.refused(400, "XAmzContentSHA256Mismatch", "PUT", "/b", "b", []byte("something else"))
	if _, stored := c.s.Objects()["b"]; stored {
		t.Error("an object whose payload was not the one signed is stored")
	}
	c.with(func(c *client) { c.payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" }).refused(501, "NotImplemented", "PUT", "/c", "c", body)
	r := c.request("PUT", "/d", body)
	c.sign(r, "d")
	r.Header.Set("x-amz-acl", "private") // not signed
	if a := c.send(r); a.status != 403 || a.field(t, "HeadersNotSigned") != "x-amz-acl" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestErrorXML(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d})
		a := c.refused(404, "NoSuchKey", "GET", "/a", "a", nil)
		for _, name := range append([]string{"Message", "RequestId"}, map[Dialect][]string{OSS: {"HostId"}, COS: {"Resource", "TraceId"}, S3: {"Resource", "HostId"}}[d]...) {
			if a.field(t, name) == "" {
				t.Errorf("%s is empty: %s", name, a.body)
			}
		}
		if id := a.field(t, "RequestId"); a.header.Get(c.ownPrefix()+"request-id") != id {
			t.Errorf("request ID %s, in the header %s", id, a.header.Get(c.ownPrefix()+"request-id"))
		}
	})
}
