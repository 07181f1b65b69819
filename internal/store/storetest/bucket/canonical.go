package bucket

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// uriEncode percent-encodes every byte of s but letters, digits and -_.~, in
// upper case, as the specifications of all dialects want it.
func uriEncode(s string, keepSlash bool) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', strings.IndexByte("-_.~", c) >= 0, c == '/' && keepSlash:
			b.WriteByte(c)
		default:
			b.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{c})))
		}
	}
	return b.String()
}

// param is a decoded query parameter.
type param struct{ name, value string }

// parseQuery keeps the order; a pair that cannot be decoded is an error.
func parseQuery(raw string) ([]param, error) {
	var all []param
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		n, err := url.QueryUnescape(name)
		if err != nil {
			return nil, err
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return nil, err
		}
		all = append(all, param{n, v})
	}
	return all, nil
}

// canonicalQuery encodes and sorts parameters by their encoded names. OSS
// writes a parameter without value as its name alone, S3 with an equals sign.
func canonicalQuery(params []param, bareNames bool, skip ...string) string {
	var pairs []param
	for _, p := range params {
		if !slices.Contains(skip, p.name) {
			pairs = append(pairs, param{uriEncode(p.name, false), uriEncode(p.value, false)})
		}
	}
	slices.SortFunc(pairs, func(a, b param) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.value, b.value)) })
	words := make([]string, 0, len(pairs))
	for _, p := range pairs {
		if p.value == "" && bareNames {
			words = append(words, p.name)
		} else {
			words = append(words, p.name+"="+p.value)
		}
	}
	return strings.Join(words, "&")
}

// header returns the value of a header by its name in lower case, those of
// several lines joined by commas. Go keeps Host and sometimes Content-Length
// apart from the others.
func header(r *http.Request, name string) (string, bool) {
	if name == "host" {
		return r.Host, true
	}
	lines, ok := r.Header[http.CanonicalHeaderKey(name)]
	if !ok {
		if name == "content-length" && r.ContentLength >= 0 {
			return strconv.FormatInt(r.ContentLength, 10), true
		}
		return "", false
	}
	trimmed := make([]string, len(lines))
	for i, l := range lines {
		trimmed[i] = strings.TrimSpace(l)
	}
	return strings.Join(trimmed, ","), true
}

// headerNames returns the names of the headers, lower case and sorted, that keep
// lets through.
func headerNames(r *http.Request, keep func(name string) bool) []string {
	var names []string
	for name := range r.Header {
		if name = strings.ToLower(name); keep(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func hmacSHA1(key, message string) []byte {
	m := hmac.New(sha1.New, []byte(key))
	m.Write([]byte(message))
	return m.Sum(nil)
}

func hmacSHA256(key []byte, message string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(message))
	return m.Sum(nil)
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func hexSHA1(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// derivedKey is the chain of HMACs over date, region, service and the closing
// word that OSS V4 and SigV4 have in common.
func derivedKey(prefix, secret, date, region, service, closing string) []byte {
	key := hmacSHA256([]byte(prefix+secret), date)
	for _, step := range []string{region, service, closing} {
		key = hmacSHA256(key, step)
	}
	return key
}

func equal(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }
