package remote

import (
	"context"
	"errors"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Range is the header of that name for n bytes from off on; n < 0 is to the
// end. "" is the whole object. n must not be 0.
func Range(off, n int64) string {
	last := off + n - 1
	switch {
	case n < 0 && off == 0:
		return ""
	case n < 0 || last < off: // beyond the largest number
		return "bytes=" + strconv.FormatInt(off, 10) + "-"
	}
	return "bytes=" + strconv.FormatInt(off, 10) + "-" + strconv.FormatInt(last, 10)
}

// WholeSize is the size of the whole object, by an answer to a GET with or
// without a range.
func (x *Exchange) WholeSize(ranged bool) (int64, bool) {
	number := x.Header("Content-Length")
	if ranged {
		if x.status != http.StatusPartialContent {
			return 0, false
		}
		_, number, _ = strings.Cut(x.Header("Content-Range"), "/")
	}
	n, err := strconv.ParseInt(number, 10, 64)
	return n, err == nil && n >= 0
}

// Reader is the body of an object on its way from a store.
type Reader struct {
	Context context.Context
	Body    io.ReadCloser
	// Fail gives an error its words; it gets net/http's, the context's, or one
	// of class ErrIntegrity.
	Fail func(error) error
	// Sum takes in what is read, and at the end its value must be Want. nil =
	// not checked.
	Sum  hash.Hash
	Want []byte
}

// Read ends when the context does.
func (r *Reader) Read(p []byte) (int, error) {
	if err := r.Context.Err(); err != nil {
		return 0, r.Fail(err)
	}
	n, err := r.Body.Read(p)
	if r.Sum != nil {
		_, _ = r.Sum.Write(p[:n]) // hashes do not fail
	}
	switch {
	case err == nil:
		return n, nil
	case !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return n, r.Fail(err)
	case r.Sum != nil && string(r.Sum.Sum(nil)) != string(r.Want):
		return n, r.Fail(msg.Errorf("%w: its checksum is not the one the store names", "%w：校验和与存储给出的不一致", store.ErrIntegrity))
	}
	return n, io.EOF
}

// Close ends the answer.
func (r *Reader) Close() error { return r.Body.Close() }
