package bucket

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// s3Canonical is the canonical request of SigV4 for S3, where the path is
// encoded once and not normalised.
func s3Canonical(r *http.Request, path string, params []param, signed []string, payload string) string {
	var b strings.Builder
	b.WriteString(r.Method + "\n" + uriEncode(path, true) + "\n" + canonicalQuery(params, false, "X-Amz-Signature") + "\n")
	for _, name := range signed {
		value, _ := header(r, name)
		b.WriteString(name + ":" + value + "\n")
	}
	b.WriteString("\n" + strings.Join(signed, ";") + "\n" + payload)
	return b.String()
}

func s3Signature(secret, date, region, canonical string) string {
	scope := date[:8] + "/" + region + "/s3/aws4_request"
	toSign := "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hexSHA256([]byte(canonical))
	return hex.EncodeToString(hmacSHA256(derivedKey("AWS4", secret, date[:8], region, "s3", "aws4_request"), toSign))
}

func (c *call) claimS3() (*claim, *failure) {
	authorization := c.r.Header.Get("Authorization")
	inURL := c.has("X-Amz-Signature")
	switch {
	case authorization != "" && inURL:
		return nil, invalidArgument("Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified")
	case inURL:
		return c.s3URL()
	case authorization == "":
		return nil, nil
	}
	rest, ok := strings.CutPrefix(authorization, "AWS4-HMAC-SHA256 ")
	if !ok {
		return nil, invalidArgument("The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
	}
	fields, ok := authFields(rest)
	payload := c.own("content-sha256")
	switch {
	case !ok || fields["Credential"] == "" || fields["SignedHeaders"] == "" || fields["Signature"] == "":
		return nil, fail(http.StatusBadRequest, "AuthorizationHeaderMalformed", "The authorization header is malformed.")
	case payload == "":
		return nil, fail(http.StatusBadRequest, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
	case strings.HasPrefix(payload, "STREAMING-"):
		return nil, notImplemented("chunked payload")
	}
	if payload != "UNSIGNED-PAYLOAD" {
		c.payload = payload
	}
	date := c.own("date")
	t, err := time.Parse(isoDate, date)
	if date == "" { // the Date header may stand in
		t, err = http.ParseTime(c.r.Header.Get("Date"))
		date = t.UTC().Format(isoDate)
	}
	if err != nil {
		return nil, accessDenied("AWS authentication requires a valid Date or x-amz-date header")
	}
	if f := c.within(t); f != nil {
		return nil, f
	}
	cl, f := c.s3Claim(fields["Credential"], date, fields["SignedHeaders"], payload)
	if f != nil {
		return nil, f
	}
	cl.token, cl.signature = c.own("security-token"), fields["Signature"]
	return cl, nil
}

func (c *call) s3URL() (*claim, *failure) {
	date := c.query("X-Amz-Date")
	t, err := time.Parse(isoDate, date)
	seconds, err2 := strconv.Atoi(c.query("X-Amz-Expires"))
	switch {
	case c.query("X-Amz-Algorithm") != "AWS4-HMAC-SHA256", err != nil, err2 != nil:
		return nil, s3QueryError("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
	case seconds < 0 || seconds > 604800:
		return nil, s3QueryError("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
	}
	if f := c.signedURL(t, t.Add(time.Duration(seconds)*time.Second)); f != nil {
		return nil, f
	}
	cl, f := c.s3Claim(c.query("X-Amz-Credential"), date, c.query("X-Amz-SignedHeaders"), "UNSIGNED-PAYLOAD")
	if f != nil {
		return nil, f
	}
	cl.token, cl.presigned, cl.signature = c.query("X-Amz-Security-Token"), true, c.query("X-Amz-Signature")
	return cl, nil
}

func s3QueryError(message string) *failure {
	return fail(http.StatusBadRequest, "AuthorizationQueryParametersError", message)
}

// s3Claim checks the scope, and that host and all x-amz- headers are signed.
func (c *call) s3Claim(credential, date, signedHeaders, payload string) (*claim, *failure) {
	malformed := func(message string) (*claim, *failure) {
		return nil, fail(http.StatusBadRequest, "AuthorizationHeaderMalformed", "The authorization header is malformed; "+message, element{"Region", c.s.o.Region})
	}
	scope := strings.Split(credential, "/")
	signed := strings.Split(signedHeaders, ";")
	switch {
	case len(scope) != 5 || scope[3] != "s3" || scope[4] != "aws4_request":
		return malformed("the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
	case scope[2] != c.s.o.Region:
		return malformed("the region '" + scope[2] + "' is wrong; expecting '" + c.s.o.Region + "'")
	case scope[1] != date[:8]:
		return malformed("Invalid credential date.")
	case !slices.IsSorted(signed) || signedHeaders != strings.ToLower(signedHeaders):
		return malformed("SignedHeaders must be lower case and sorted.")
	}
	must := append([]string{"host"}, headerNames(c.r, func(n string) bool { return strings.HasPrefix(n, "x-amz-") })...)
	for _, name := range must {
		if !slices.Contains(signed, name) {
			return nil, accessDenied("There were headers present in the request which were not signed", element{"HeadersNotSigned", name})
		}
	}
	return &claim{scheme: "SigV4", id: scope[0], compute: func(secret string) string {
		path := "/" + c.key
		if c.place == pathStyle && c.bucket != "" {
			path = "/" + c.bucket + path
			if c.key == "" && !strings.HasSuffix(c.r.URL.Path, "/") {
				path = "/" + c.bucket
			}
		}
		return s3Signature(secret, date, scope[2], s3Canonical(c.r, path, c.params, signed, payload))
	}}, nil
}
