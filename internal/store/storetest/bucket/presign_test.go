package bucket

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// presign makes the query of a URL for GET.
func (c *client) presign(key string, ttl time.Duration) string {
	c.t.Helper()
	path := "/" + uriEncode(key, true)
	now := c.clock().UTC()
	date, seconds := now.Format(isoDate), strconv.Itoa(int(ttl/time.Second))
	q := func(pairs ...string) string {
		var words []string
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i+1] != "" {
				words = append(words, pairs[i]+"="+uriEncode(pairs[i+1], false))
			}
		}
		return path + "?" + strings.Join(words, "&")
	}
	switch {
	case c.s.o.Dialect == COS:
		period := fmt.Sprintf("%d;%d", now.Unix(), now.Add(ttl).Unix())
		r := c.request("GET", path, nil)
		signature := cosSignature(c.key.Secret, period, period, r, "/"+key, nil, []string{"host"}, nil)
		return q("q-sign-algorithm", "sha1", "q-ak", c.key.ID, "q-sign-time", period, "q-key-time", period, "q-header-list", "host", "q-signature", signature, "x-cos-security-token", c.key.Token)
	case c.s.o.Dialect == S3:
		scope := date[:8] + "/" + c.regionName() + "/s3/aws4_request"
		unsigned := q("X-Amz-Algorithm", "AWS4-HMAC-SHA256", "X-Amz-Credential", c.key.ID+"/"+scope, "X-Amz-Date", date, "X-Amz-Expires", seconds, "X-Amz-SignedHeaders", "host", "X-Amz-Security-Token", c.key.Token)
		r := c.request("GET", unsigned, nil)
		return unsigned + "&X-Amz-Signature=" + s3Signature(c.key.Secret, date, c.regionName(), s3Canonical(r, "/"+key, parsed(c.t, r), []string{"host"}, "UNSIGNED-PAYLOAD"))
	case c.v1:
		end := strconv.FormatInt(now.Add(ttl).Unix(), 10)
		r := c.request("GET", q("security-token", c.key.Token), nil)
		return q("OSSAccessKeyId", c.key.ID, "Expires", end, "security-token", c.key.Token,
			"Signature", ossV1Signature(c.key.Secret, r, end, c.s.Bucket(), key, parsed(c.t, r)))
	}
	unsigned := q("x-oss-signature-version", "OSS4-HMAC-SHA256", "x-oss-credential", c.key.ID+"/"+date[:8]+"/"+c.regionName()+"/oss/aliyun_v4_request",
		"x-oss-date", date, "x-oss-expires", seconds, "x-oss-additional-headers", "host", "x-oss-security-token", c.key.Token)
	r := c.request("GET", unsigned, nil)
	canonical := ossV4Canonical(r, c.s.Bucket(), key, parsed(c.t, r), []string{"host"})
	return unsigned + "&x-oss-signature=" + hex.EncodeToString(hmacSHA256(ossV4Key(c.key.Secret, date[:8], c.regionName()), ossV4StringToSign(date, c.regionName(), canonical)))
}

func TestPresigned(t *testing.T) {
	schemes(t, Options{}, func(t *testing.T, c *client) {
		c.s.PutObject(oddKey, []byte("x"), http.Header{})
		get := func(c *client, url string) answer { return c.send(c.request("GET", url, nil)) }
		token := c.with(func(c *client) { c.key = temporary })
		for _, c := range []*client{c, token} {
			if a := get(c, c.presign(oddKey, time.Minute)); a.status != 200 || string(a.body) != "x" {
				t.Errorf("as %s: %d %s", c.key.ID, a.status, a.body)
			}
		}
		if log := c.s.Requests(GetObject); !log[0].Presigned || log[0].SignedAs != lasting.ID {
			t.Errorf("log: %+v", log[0])
		}
		past := c.with(func(c *client) { c.now = time.Now().Add(-2 * time.Minute) })
		if a := get(c, past.presign(oddKey, time.Minute)); a.status != 403 || a.code() != "AccessDenied" || !strings.Contains(string(a.body), "expired") {
			t.Errorf("expired: %d %s", a.status, a.body)
		}
		wrong := c.with(func(c *client) { c.key.Secret = "wrong" })
		if a := get(c, wrong.presign(oddKey, time.Minute)); a.code() != "SignatureDoesNotMatch" {
			t.Errorf("wrong secret: %d %s", a.status, a.body)
		}
		if a := c.send(c.request("DELETE", c.presign(oddKey, time.Minute), nil)); a.code() != "SignatureDoesNotMatch" {
			t.Errorf("another method: %d %s", a.status, a.body)
		}
		if !c.v1 && c.s.o.Dialect != COS {
			if a := get(c, c.presign(oddKey, 8*24*time.Hour)); a.status != 400 {
				t.Errorf("eight days: %d %s", a.status, a.body)
			}
		}
		if !c.v1 && c.s.o.Dialect == OSS {
			if a := get(c, token.presign(oddKey, 13*time.Hour)); a.status != 400 {
				t.Errorf("13 hours with a token: %d %s", a.status, a.body)
			}
		}
	})
}

func TestTwoSignatures(t *testing.T) {
	for _, d := range []Dialect{OSS, S3} {
		c := start(t, Options{Dialect: d})
		r := c.request("GET", c.presign("a", time.Minute), nil)
		c.sign(r, "a")
		if a := c.send(r); a.status != 400 || a.code() != "InvalidArgument" {
			t.Errorf("%s: %d %s", d, a.status, a.body)
		}
	}
}
