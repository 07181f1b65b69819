package server

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
)

const (
	fresh     = 60 * time.Second
	textPlain = "text/plain; charset=UTF-8"
	jsonType  = "application/json"
	zipType   = "application/zip"
	noStore   = "no-store"
)

// contentType is what the public mirrors say for each kind.
func contentType(k proxy.Kind) string {
	switch k {
	case proxy.Info, proxy.Latest:
		return jsonType
	case proxy.Zip:
		return zipType
	}
	return textPlain
}

// immutable is the caching of what never changes. scope is public or private:
// what not everybody may have is nothing for caches that several people share.
func immutable(scope string) string { return scope + ", max-age=31536000, immutable" }

// mutable is the caching of what may change.
func mutable(scope string) string {
	return scope + ", max-age=" + strconv.Itoa(int(fresh.Seconds()))
}

// sumTag is the ETag of a small body.
func sumTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}

// sendContent sends a body or the part of it that was asked for. What net/http would
// answer although RFC 9110 says otherwise is as if no Range had been sent: one with
// HEAD, of a unit that is not understood, of the last none bytes.
func sendContent(w http.ResponseWriter, r *http.Request, modified time.Time, body io.ReadSeeker) {
	if h := r.Header.Get("Range"); h != "" {
		specs, bytes := strings.CutPrefix(h, "bytes=")
		none := func(spec string) bool { return strings.Trim(spec, " \t0") == "-" }
		if r.Method != http.MethodGet || !bytes || slices.ContainsFunc(strings.Split(specs, ","), none) {
			r = r.Clone(r.Context())
			r.Header.Del("Range")
		}
	}
	http.ServeContent(w, r, "", modified, body)
}

// conditional reports whether a request wants less than the whole file perhaps.
func conditional(h http.Header) bool {
	for _, name := range [...]string{"Range", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since"} {
		if _, ok := h[name]; ok {
			return true
		}
	}
	return false
}
