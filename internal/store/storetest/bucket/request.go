package bucket

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Op is what a request asks for, named alike in all dialects.
type Op string

// The operations.
const (
	PutObject     Op = "PutObject"
	GetObject     Op = "GetObject"
	HeadObject    Op = "HeadObject"
	DeleteObject  Op = "DeleteObject"
	DeleteObjects Op = "DeleteObjects"
	CopyObject    Op = "CopyObject"
	ListObjects   Op = "ListObjects"
	Initiate      Op = "InitiateMultipartUpload"
	UploadPart    Op = "UploadPart"
	ListParts     Op = "ListParts"
	ListUploads   Op = "ListMultipartUploads"
	Complete      Op = "CompleteMultipartUpload"
	Abort         Op = "AbortMultipartUpload"
	HeadBucket    Op = "HeadBucket"
	GetLocation   Op = "GetBucketLocation"
	GetVersioning Op = "GetBucketVersioning"
	PutACL        Op = "PutACL"
	AssumeRole    Op = "AssumeRole" // of an attached STS
	Unknown       Op = "Unknown"
)

// Request is one request as the server saw it. It never holds a secret: of the
// query only what is harmless, of the signature only the key's ID.
type Request struct {
	N           int // from 1, in the order of arrival
	Op          Op
	Method      string
	Host        string
	Path        string // decoded, without the query
	Key         string
	UploadID    string
	Part        int    // number of the part, 0 without
	Prefix      string // of a listing
	SignedAs    string // ID of the key, checked or not
	Scheme      string // "OSS V1", "OSS V4", "q-sign", "SigV4"; "" unsigned
	Presigned   bool
	IfAbsent    bool   // forbid-overwrite or If-None-Match: *
	ContentType string // of the request
	BodyBytes   int64  // how much of the body was read
	Status      int    // 0: no answer (yet)
	Code        string // of the error, as in the XML
	Fault       Kind   // that struck, None without
}

// String shows the request as a line: "3 PUT UploadPart a/b part 2: 200".
func (r Request) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s %s %s", r.N, r.Method, r.Op, r.Key)
	if r.Part > 0 {
		fmt.Fprintf(&b, " part %d", r.Part)
	}
	if r.Fault != None {
		fmt.Fprintf(&b, " [%s]", r.Fault)
	}
	fmt.Fprintf(&b, ": %d %s", r.Status, r.Code)
	return strings.TrimSpace(b.String())
}

// Requests returns the requests so far, in the order they came; with ops, only
// those. A request still under way has Status 0.
func (s *Server) Requests(ops ...Op) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Request
	for _, r := range s.log {
		if len(ops) == 0 || slices.Contains(ops, r.Op) {
			all = append(all, *r)
		}
	}
	return all
}

// ResetRequests forgets the requests so far; numbers begin at 1 again.
func (s *Server) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// enter logs a request and finds the fault that strikes it.
func (c *call) enter(op Op) {
	s := c.s
	part, _ := c.number("partNumber", 0, 1<<31-1)
	entry := &Request{
		Op: op, Method: c.r.Method, Host: c.r.Host, Path: c.r.URL.Path, Key: c.key, UploadID: c.query("uploadId"),
		Part: part, Prefix: c.query("prefix"), IfAbsent: c.ifAbsent(), ContentType: c.r.Header.Get("Content-Type"),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, entry)
	entry.N = len(s.log)
	c.entry = entry
	c.fault = s.strike(*entry)
	if c.fault != nil {
		entry.Fault = c.fault.Kind
	}
}

// op reads method, key and sub-resource.
func (c *call) op() Op {
	type form struct {
		method string
		object bool
		sub    string
	}
	is := form{c.r.Method, c.key != "", ""}
	for _, sub := range []string{"uploads", "uploadId", "delete", "location", "versioning", "acl"} {
		if c.has(sub) {
			is.sub = sub
			break
		}
	}
	for _, other := range []string{
		"append", "tagging", "symlink", "versions", "versionId", "lifecycle", "policy", "restore", "cors", "website",
		"logging", "select", "torrent", "retention", "legal-hold", "attributes", "x-oss-process",
	} {
		if c.has(other) {
			return Unknown
		}
	}
	op, ok := map[form]Op{
		{http.MethodPut, true, ""}:            PutObject,
		{http.MethodGet, true, ""}:            GetObject,
		{http.MethodHead, true, ""}:           HeadObject,
		{http.MethodDelete, true, ""}:         DeleteObject,
		{http.MethodPost, false, "delete"}:    DeleteObjects,
		{http.MethodGet, false, ""}:           ListObjects,
		{http.MethodPost, true, "uploads"}:    Initiate,
		{http.MethodPut, true, "uploadId"}:    UploadPart,
		{http.MethodGet, true, "uploadId"}:    ListParts,
		{http.MethodGet, false, "uploads"}:    ListUploads,
		{http.MethodPost, true, "uploadId"}:   Complete,
		{http.MethodDelete, true, "uploadId"}: Abort,
		{http.MethodHead, false, ""}:          HeadBucket,
		{http.MethodGet, false, "location"}:   GetLocation,
		{http.MethodGet, false, "versioning"}: GetVersioning,
		{http.MethodPut, true, "acl"}:         PutACL,
		{http.MethodPut, false, "acl"}:        PutACL,
	}[is]
	switch {
	case !ok:
		return Unknown
	case op == PutObject && c.own("copy-source") != "":
		return CopyObject
	}
	return op
}

// ifAbsent tells whether the request must not replace an object.
func (c *call) ifAbsent() bool {
	if c.s.o.Dialect == S3 {
		return c.r.Header.Get("If-None-Match") == "*" && c.r.Method != http.MethodGet && c.r.Method != http.MethodHead
	}
	return strings.EqualFold(c.own("forbid-overwrite"), "true")
}
