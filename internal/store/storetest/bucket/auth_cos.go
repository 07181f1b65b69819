package bucket

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cosSignature follows the steps of "Request Signature". headers and params are
// the names in q-header-list and q-url-param-list; path is not encoded.
func cosSignature(secret, keyTime, signTime string, r *http.Request, path string, all []param, headers, params []string) string {
	values := map[string]string{}
	for _, p := range all {
		values[strings.ToLower(uriEncode(p.name, false))] = uriEncode(p.value, false)
	}
	pairs := func(names []string, value func(name string) string) string {
		words := make([]string, len(names))
		for i, name := range names {
			words[i] = name + "=" + value(name)
		}
		return strings.Join(words, "&")
	}
	httpString := strings.ToLower(r.Method) + "\n" + path + "\n" +
		pairs(params, func(name string) string { return values[name] }) + "\n" +
		pairs(headers, func(name string) string {
			plain, _ := url.PathUnescape(name)
			value, _ := header(r, plain)
			return uriEncode(value, false)
		}) + "\n"
	signKey := hex.EncodeToString(hmacSHA1(secret, keyTime))
	return hex.EncodeToString(hmacSHA1(signKey, "sha1\n"+signTime+"\n"+hexSHA1(httpString)+"\n"))
}

func (c *call) claimCOS() (*claim, *failure) {
	authorization := c.r.Header.Get("Authorization")
	fields, presigned := map[string]string{}, false
	switch {
	case authorization != "":
		for pair := range strings.SplitSeq(authorization, "&") {
			name, value, _ := strings.Cut(pair, "=")
			fields[name] = value
		}
	case c.has("q-signature"):
		presigned = true
		for _, p := range c.params {
			fields[p.name] = p.value
		}
	default:
		return nil, nil
	}
	if fields["q-sign-algorithm"] != "sha1" || fields["q-ak"] == "" || fields["q-signature"] == "" {
		return nil, accessDenied("The signature is not complete.")
	}
	headers, ok := cosList(fields["q-header-list"])
	params, ok2 := cosList(fields["q-url-param-list"])
	if !ok || !ok2 {
		return nil, accessDenied("q-header-list and q-url-param-list must be lower case and sorted.")
	}
	for _, t := range []string{fields["q-key-time"], fields["q-sign-time"]} {
		if f := c.cosTime(t); f != nil {
			return nil, f
		}
	}
	token := c.own("security-token")
	if token == "" {
		token = c.query("x-cos-security-token")
	}
	return &claim{scheme: "q-sign", id: fields["q-ak"], token: token, presigned: presigned, signature: fields["q-signature"], compute: func(secret string) string {
		path := "/" + c.key
		if c.place == pathStyle {
			path = "/" + c.bucket + path
		}
		return cosSignature(secret, fields["q-key-time"], fields["q-sign-time"], c.r, path, c.params, headers, params)
	}}, nil
}

// cosTime checks <start>;<end>, in seconds since 1970.
func (c *call) cosTime(s string) *failure {
	start, end, ok := strings.Cut(s, ";")
	from, err := strconv.ParseInt(start, 10, 64)
	to, err2 := strconv.ParseInt(end, 10, 64)
	if !ok || err != nil || err2 != nil || to < from {
		return accessDenied("The time of the signature is not valid.")
	}
	return c.signedURL(time.Unix(from, 0), time.Unix(to, 0))
}

func cosList(s string) ([]string, bool) {
	if s == "" {
		return nil, true
	}
	names := strings.Split(s, ";")
	lower := strings.Map(func(r rune) rune { // escapes may be written either way
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
	return names, lower == s && slices.IsSorted(names)
}
