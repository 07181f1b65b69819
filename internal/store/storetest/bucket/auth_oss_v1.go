package bucket

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ossSubResources are the parameters that an OSS V1 signature covers: the list
// of "Construct CanonicalizedResource", and what later pages added to it.
var ossSubResources = strings.Fields(`acl append bucketInfo cname comp continuation-token cors delete encryption endTime
	img inventory inventoryId lifecycle live location logging objectMeta partNumber policy position qos referer
	replication replicationLocation replicationProgress requestPayment
	response-cache-control response-content-disposition response-content-encoding response-content-language
	response-content-type response-expires restore security-token sequential startTime stat status style styleName symlink
	tagging uploadId uploads versionId versioning versions vod website worm wormExtend wormId
	x-oss-ac-forward-allow x-oss-ac-source-ip x-oss-ac-subnet-mask x-oss-ac-vpc-id x-oss-process x-oss-request-payer x-oss-traffic-limit`)

// ossResource is the CanonicalizedResource of V1, with decoded values.
func ossResource(bucket, key string, params []param) string {
	resource := "/"
	if bucket != "" {
		resource += bucket + "/" + key
	}
	var words []string
	for _, p := range params {
		switch {
		case !slices.Contains(ossSubResources, p.name):
		case p.value == "":
			words = append(words, p.name)
		default:
			words = append(words, p.name+"="+p.value)
		}
	}
	if len(words) == 0 {
		return resource
	}
	slices.Sort(words)
	return resource + "?" + strings.Join(words, "&")
}

// ossV1Signature is base64(HMAC-SHA1(secret, string to sign)); date is the Date
// header, or Expires in a URL.
func ossV1Signature(secret string, r *http.Request, date, bucket, key string, params []param) string {
	md5, _ := header(r, "content-md5")
	contentType, _ := header(r, "content-type")
	var b strings.Builder
	b.WriteString(r.Method + "\n" + md5 + "\n" + contentType + "\n" + date + "\n")
	for _, name := range headerNames(r, func(n string) bool { return strings.HasPrefix(n, "x-oss-") }) {
		value, _ := header(r, name)
		b.WriteString(name + ":" + value + "\n")
	}
	b.WriteString(ossResource(bucket, key, params))
	return base64.StdEncoding.EncodeToString(hmacSHA1(secret, b.String()))
}

func (c *call) claimOSS() (*claim, *failure) {
	authorization := c.r.Header.Get("Authorization")
	inURL := c.has("Signature") || c.has("x-oss-signature")
	switch {
	case authorization != "" && inURL:
		return nil, invalidArgument("a signature in the URL and in the Authorization header at the same time")
	case strings.HasPrefix(authorization, "OSS4-HMAC-SHA256 "):
		return c.ossV4Header(authorization)
	case c.has("x-oss-signature"):
		return c.ossV4URL()
	case authorization != "":
		return c.ossV1Header(authorization)
	case inURL:
		return c.ossV1URL()
	}
	return nil, nil
}

func (c *call) ossV1Header(authorization string) (*claim, *failure) {
	rest, ok := strings.CutPrefix(authorization, "OSS ")
	id, signature, colon := strings.Cut(rest, ":")
	if !ok || !colon {
		return nil, invalidArgument("Authorization header is invalid.")
	}
	// x-oss-date stands in for a Date that a client cannot set; it is a header
	// of the service, so it is signed as well.
	date := c.r.Header.Get("Date")
	when := c.own("date")
	if when == "" {
		when = date
	}
	t, err := http.ParseTime(when)
	if err != nil {
		return nil, accessDenied("OSS authentication requires a valid Date.")
	}
	if c.own("date") != "" {
		date = when
	}
	if f := c.within(t); f != nil {
		return nil, f
	}
	return &claim{scheme: "OSS V1", id: id, token: c.own("security-token"), signature: signature, compute: func(secret string) string {
		return ossV1Signature(secret, c.r, date, c.bucket, c.key, c.params)
	}}, nil
}

func (c *call) ossV1URL() (*claim, *failure) {
	seconds, err := strconv.ParseInt(c.query("Expires"), 10, 64)
	if err != nil || c.query("OSSAccessKeyId") == "" {
		return nil, accessDenied("Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters")
	}
	if end := time.Unix(seconds, 0); c.now.After(end) {
		return nil, expired(end, c.now)
	}
	return &claim{scheme: "OSS V1", id: c.query("OSSAccessKeyId"), token: c.query("security-token"), presigned: true, signature: c.query("Signature"), compute: func(secret string) string {
		return ossV1Signature(secret, c.r, c.query("Expires"), c.bucket, c.key, c.params)
	}}, nil
}
