package bucket

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"strings"
)

// ServeHTTP answers one request. It is exported for [http.Server] alone.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{s: s, w: w, r: r, now: s.o.Now()}
	params, err := parseQuery(r.URL.RawQuery)
	c.params = params
	if s.stsAnswers(c) {
		return
	}
	misplaced := c.locate()
	if err != nil {
		misplaced = invalidArgument("the query cannot be decoded")
	}
	c.enter(c.op())
	c.requestID = requestID(s.o.Dialect)
	if c.fault != nil {
		c.now = c.now.Add(c.fault.Skew)
	}
	c.w.Header().Set("Date", c.now.UTC().Format(http.TimeFormat))
	c.w.Header().Set("Server", [...]string{"AliyunOSS", "tencent-cos", "S3"}[s.o.Dialect])
	c.setOwn("request-id", c.requestID)
	if c.fault != nil {
		if c.strike() {
			return
		}
		defer c.fault.finish(c)
	}
	if misplaced == nil {
		misplaced = c.authenticate()
	}
	if misplaced == nil {
		misplaced = c.trapped()
	}
	if misplaced == nil {
		c.bodyMD5 = r.Header.Get("Content-Md5")
		misplaced = c.dispatch()
	}
	c.drain()
	if misplaced != nil {
		misplaced.answer(c)
	}
}

// trapped are refusals that do not depend on what is asked.
func (c *call) trapped() *failure {
	o := c.s.o
	if o.Dialect == OSS && o.PublicEndpointForbidden && c.place == virtualHost && c.entry.Op != GetLocation && c.entry.Op != PutACL {
		return fail(http.StatusBadRequest, "PublicEndpointForbidden", "Not allowed using the OSS public endpoint , please use CNAME instead.").withEC("0048-00000401")
	}
	if c.bucket == "" {
		return notImplemented("requests without a bucket")
	}
	if len(c.key) > 1023 {
		return fail(http.StatusBadRequest, "InvalidObjectName", "The length of object name must be less than 1024.")
	}
	return nil
}

func (c *call) dispatch() *failure {
	switch c.entry.Op {
	case PutObject:
		return c.putObject()
	case GetObject, HeadObject:
		return c.getObject()
	case DeleteObject:
		return c.deleteObject()
	case DeleteObjects:
		return c.deleteObjects()
	case CopyObject:
		return c.copyObject()
	case ListObjects:
		return c.listObjects()
	case Initiate:
		return c.initiate()
	case UploadPart:
		return c.uploadPart()
	case ListParts:
		return c.listParts()
	case ListUploads:
		return c.listUploads()
	case Complete:
		return c.complete()
	case Abort:
		return c.abort()
	case HeadBucket, PutACL:
		c.drain()
		c.body(http.StatusOK, "", nil, "")
		return nil
	case GetLocation:
		c.body(http.StatusOK, "application/xml", []byte(`<?xml version="1.0" encoding="UTF-8"?><LocationConstraint>`+c.s.o.Region+`</LocationConstraint>`), "")
		return nil
	case GetVersioning:
		return c.xml(versioning{Status: c.s.o.versions()})
	}
	return notImplemented(c.r.Method + " with these parameters")
}

// versioning of a bucket that never had it has no status.
type versioning struct {
	XMLName xml.Name `xml:"VersioningConfiguration"`
	Status  string   `xml:",omitempty"`
}

func requestID(d Dialect) string {
	b := make([]byte, 12)
	_, _ = rand.Read(b) // never fails
	if d == COS {
		return hex.EncodeToString(b)
	}
	return strings.ToUpper(hex.EncodeToString(b))
}
