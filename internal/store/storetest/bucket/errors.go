package bucket

import (
	"encoding/xml"
	"net/http"
	"strings"
	"time"
)

// failure is an answer that is an error of the service.
type failure struct {
	status  int
	code    string
	message string
	ec      string // OSS's finer code, where its documentation names one
	extra   []element
	retry   string // Retry-After
}

type element struct{ name, value string }

func fail(status int, code, message string, extra ...element) *failure {
	return &failure{status: status, code: code, message: message, extra: extra}
}

func (f *failure) withEC(ec string) *failure { f.ec = ec; return f }

func accessDenied(message string, extra ...element) *failure {
	return fail(http.StatusForbidden, "AccessDenied", message, extra...)
}

func notImplemented(what string) *failure {
	return fail(http.StatusNotImplemented, "NotImplemented", "A header or parameter you provided implies functionality that is not implemented: "+what)
}

func noSuchKey(key string) *failure {
	return fail(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.", element{"Key", key})
}

func noSuchUpload(id string) *failure {
	return fail(http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", element{"UploadId", id})
}

func noSuchBucket(name string) *failure {
	return fail(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist.", element{"BucketName", name})
}

func malformedXML() *failure {
	return fail(http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema.")
}

func invalidArgument(message string) *failure {
	return fail(http.StatusBadRequest, "InvalidArgument", message)
}

// tooSkewed tells the server's time, from which clients can learn theirs.
func tooSkewed(request, server time.Time) *failure {
	const iso = "2006-01-02T15:04:05.000Z"
	return fail(http.StatusForbidden, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.",
		element{"MaxAllowedSkewMilliseconds", "900000"}, element{"RequestTime", request.UTC().Format(iso)}, element{"ServerTime", server.UTC().Format(iso)})
}

func signatureMismatch(id string) *failure {
	return fail(http.StatusForbidden, "SignatureDoesNotMatch",
		"The request signature we calculated does not match the signature you provided. Check your key and signing method.", element{"AccessKeyId", id})
}

// xml writes the error as the service does: S3 and COS name the resource, OSS
// the host and the EC.
func (f *failure) xml(c *call) []byte {
	all := []element{{"Code", f.code}, {"Message", f.message}}
	if c.s.o.Dialect != OSS {
		all = append(all, element{"Resource", c.r.URL.Path})
	}
	all = append(all, element{"RequestId", c.requestID})
	switch c.s.o.Dialect {
	case COS:
		all = append(all, element{"TraceId", "dGVzdA=="})
	default:
		all = append(all, element{"HostId", c.r.Host})
	}
	if f.ec != "" {
		all = append(all, element{"EC", f.ec})
	}
	var b strings.Builder
	b.WriteString(xml.Header + "<Error>")
	for _, e := range append(all, f.extra...) {
		b.WriteString("<" + e.name + ">")
		_ = xml.EscapeText(&b, []byte(e.value)) // a Builder does not fail
		b.WriteString("</" + e.name + ">")
	}
	b.WriteString("</Error>")
	return []byte(b.String())
}

// answer sends the error; HEAD gets the status alone.
func (f *failure) answer(c *call) {
	if f.retry != "" {
		c.w.Header().Set("Retry-After", f.retry)
	}
	if f.ec != "" {
		c.w.Header().Set("X-Oss-Ec", f.ec)
	}
	c.body(f.status, "application/xml", f.xml(c), f.code)
}
