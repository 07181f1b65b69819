package bucket

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"hash/crc64"
	"io"
	"net/http"
	"strings"
)

// received is a body with its digests, which are computed while it comes.
type received struct {
	data []byte
	md5  [md5.Size]byte
	crc  uint64
}

func (r received) etag(d Dialect) string { return quoteETag(d, hex.EncodeToString(r.md5[:])) }

// receive is for content that came otherwise.
func receive(b []byte) received {
	return received{b, md5.Sum(b), crc64.Checksum(b, crc64.MakeTable(crc64.ECMA))}
}

func base64MD5(b []byte) string {
	sum := md5.Sum(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// mostPrealloc bounds what is allocated on the word of a Content-Length.
const mostPrealloc = 64 << 20

// read takes in the body and holds it to what length, digest and signature
// promise.
func (c *call) read() (received, *failure) {
	if enc := c.r.Header.Get("Content-Encoding"); strings.Contains(enc, "aws-chunked") {
		return received{}, notImplemented("aws-chunked")
	}
	var b bytes.Buffer
	b.Grow(int(min(max(c.r.ContentLength, 0), mostPrealloc)) + bytes.MinRead)
	sum, crc := md5.New(), crc64.New(crc64.MakeTable(crc64.ECMA))
	_, err := b.ReadFrom(io.TeeReader(&counter{c: c, r: c.r.Body}, io.MultiWriter(sum, crc)))
	if err != nil {
		return received{}, fail(http.StatusBadRequest, "IncompleteBody", "The number of bytes specified by the Content-Length header were not read.")
	}
	in := received{data: b.Bytes(), md5: [md5.Size]byte(sum.Sum(nil)), crc: crc.Sum64()}
	if c.fault != nil && c.fault.Kind == CorruptUpload && len(in.data) > 0 {
		in.data[len(in.data)/2] ^= 1
		in = receive(in.data)
	}
	if c.bodyMD5 != "" && c.bodyMD5 != base64.StdEncoding.EncodeToString(in.md5[:]) {
		if c.s.o.Dialect == OSS {
			return in, fail(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified is not valid.")
		}
		return in, fail(http.StatusBadRequest, "BadDigest", "The Content-MD5 you specified did not match what we received.")
	}
	if c.payload != "" && c.payload != hexSHA256(in.data) {
		return in, fail(http.StatusBadRequest, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
	}
	return in, nil
}
