package bucket

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// isoDate is the form of x-oss-date and x-amz-date.
const isoDate = "20060102T150405Z"

// ossV4Canonical is the canonical request of V4. additional are the names of
// the optional headers that are signed.
func ossV4Canonical(r *http.Request, bucket, key string, params []param, additional []string) string {
	names := headerNames(r, ossV4Mandatory)
	for _, name := range additional {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	uri := "/"
	if bucket != "" {
		uri += uriEncode(bucket, true) + "/" + uriEncode(key, true)
	}
	var b strings.Builder
	b.WriteString(r.Method + "\n" + uri + "\n" + canonicalQuery(params, true, "x-oss-signature") + "\n")
	for _, name := range names {
		value, _ := header(r, name)
		b.WriteString(name + ":" + value + "\n")
	}
	b.WriteString("\n" + strings.Join(additional, ";") + "\nUNSIGNED-PAYLOAD")
	return b.String()
}

// ossV4Mandatory tells whether a header is signed whenever it is there.
func ossV4Mandatory(name string) bool {
	return name == "content-type" || name == "content-md5" || strings.HasPrefix(name, "x-oss-")
}

func ossV4StringToSign(date, region, canonical string) string {
	return "OSS4-HMAC-SHA256\n" + date + "\n" + date[:8] + "/" + region + "/oss/aliyun_v4_request\n" + hexSHA256([]byte(canonical))
}

func ossV4Key(secret, day, region string) []byte {
	return derivedKey("aliyun_v4", secret, day, region, "oss", "aliyun_v4_request")
}

func (c *call) ossV4Header(authorization string) (*claim, *failure) {
	fields, ok := authFields(strings.TrimPrefix(authorization, "OSS4-HMAC-SHA256 "))
	additional, f := ossAdditional(fields["AdditionalHeaders"], mapHas(fields, "AdditionalHeaders"))
	switch {
	case !ok || fields["Credential"] == "" || fields["Signature"] == "":
		return nil, invalidArgument("Authorization header is invalid.")
	case f != nil:
		return nil, f
	case c.own("content-sha256") != "UNSIGNED-PAYLOAD":
		return nil, invalidArgument("x-oss-content-sha256 must be UNSIGNED-PAYLOAD.")
	}
	cl, t, f := c.ossV4Claim(fields["Credential"], c.own("date"), additional)
	if f != nil {
		return nil, f
	}
	if f := c.within(t); f != nil {
		return nil, f
	}
	cl.token, cl.signature = c.own("security-token"), fields["Signature"]
	return cl, nil
}

func (c *call) ossV4URL() (*claim, *failure) {
	seconds, err := strconv.Atoi(c.query("x-oss-expires"))
	token := c.query("x-oss-security-token")
	additional, f := ossAdditional(c.query("x-oss-additional-headers"), c.has("x-oss-additional-headers"))
	most := 604800
	if token != "" {
		most = 43200
	}
	switch {
	case f != nil:
		return nil, f
	case c.query("x-oss-signature-version") != "OSS4-HMAC-SHA256":
		return nil, invalidArgument("x-oss-signature-version must be OSS4-HMAC-SHA256.")
	case err != nil || seconds < 1 || seconds > most:
		return nil, invalidArgument("x-oss-expires must be between 1 and " + strconv.Itoa(most) + " seconds.")
	}
	cl, t, f := c.ossV4Claim(c.query("x-oss-credential"), c.query("x-oss-date"), additional)
	if f != nil {
		return nil, f
	}
	if f := c.signedURL(t, t.Add(time.Duration(seconds)*time.Second)); f != nil {
		return nil, f
	}
	cl.token, cl.presigned, cl.signature = token, true, c.query("x-oss-signature")
	return cl, nil
}

// ossV4Claim reads the credential, <id>/<day>/<region>/oss/aliyun_v4_request.
func (c *call) ossV4Claim(credential, date string, additional []string) (*claim, time.Time, *failure) {
	scope := strings.Split(credential, "/")
	t, err := time.Parse(isoDate, date)
	switch {
	case len(scope) != 5 || scope[3] != "oss" || scope[4] != "aliyun_v4_request":
		return nil, t, invalidArgument("The credential must be <AccessKeyId>/<date>/<region>/oss/aliyun_v4_request.")
	case err != nil: // the text of Date instead of it is refused on purpose: see the package documentation
		return nil, t, fail(http.StatusForbidden, "AccessDenied", "OSS authentication requires x-oss-date in ISO 8601 form.")
	case scope[1] != date[:8]:
		return nil, t, invalidArgument("The date of the credential does not match x-oss-date.")
	case scope[2] != c.s.o.Region:
		return nil, t, invalidArgument("Invalid signing region in Authorization header.")
	}
	return &claim{scheme: "OSS V4", id: scope[0], compute: func(secret string) string {
		canonical := ossV4Canonical(c.r, c.bucket, c.key, c.params, additional)
		return hex.EncodeToString(hmacSHA256(ossV4Key(secret, scope[1], scope[2]), ossV4StringToSign(date, scope[2], canonical)))
	}}, t, nil
}

// ossAdditional holds the list to its rules: lower case, sorted, not empty,
// nothing that is signed anyway.
func ossAdditional(list string, present bool) ([]string, *failure) {
	if !present {
		return nil, nil
	}
	names := strings.Split(list, ";")
	if !slices.IsSorted(names) || list != strings.ToLower(list) || slices.Contains(names, "") {
		return nil, invalidArgument("AdditionalHeaders must be lower case, sorted and not empty.")
	}
	if slices.ContainsFunc(names, ossV4Mandatory) {
		return nil, invalidArgument("AdditionalHeaders must not list headers that are signed anyway.")
	}
	return names, nil
}

// authFields reads Name=Value pairs separated by commas.
func authFields(s string) (map[string]string, bool) {
	fields := map[string]string{}
	for pair := range strings.SplitSeq(s, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || mapHas(fields, name) {
			return nil, false
		}
		fields[name] = value
	}
	return fields, true
}

func mapHas(m map[string]string, name string) bool {
	_, ok := m[name]
	return ok
}
