package remote

import (
	"context"
	"crypto/md5" //nolint:gosec // what Content-MD5 is made of
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"sync"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Body is content on its way to a store. It is an [io.Reader] and nothing more:
// SDKs would seek to the beginning of the file, or close it.
type Body struct {
	MD5    string // as Content-MD5 has it; "" unless asked for
	SHA256 string // in hex; "" unless asked for

	ctx  context.Context
	mu   sync.Mutex // net/http may go on reading when the answer is there already
	src  io.Reader  // nil once detached
	size int64
	left int64
	sum  hash.Hash // nil = none
	err  error
}

// Digests are those that must be known before the first byte is sent.
type Digests struct{ MD5, SHA256 bool }

// NewBody takes what src holds from where it stands, which must be size bytes:
// anything else is ErrIntegrity before a byte is sent. sum, unless nil, takes in
// what is sent. For digests the content is read once more, beforehand.
func NewBody(ctx context.Context, src io.ReadSeeker, size int64, sum hash.Hash, d Digests) (*Body, error) {
	at, err := src.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, broken(err)
	}
	end, err := src.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, broken(err)
	}
	if _, err := src.Seek(at, io.SeekStart); err != nil {
		return nil, broken(err)
	}
	if max(end-at, 0) != size {
		return nil, msg.Errorf("%w: %d bytes, %d promised", "%w：%d 字节，声明为 %d 字节", store.ErrIntegrity, max(end-at, 0), size)
	}
	b := &Body{ctx: ctx, src: src, size: size, left: size}
	if d != (Digests{}) {
		if err := b.digest(d); err != nil {
			return nil, err
		}
		if _, err := src.Seek(at, io.SeekStart); err != nil {
			return nil, broken(err)
		}
	}
	b.sum, b.left = sum, size
	return b, nil
}

// digest reads the body to its end.
func (b *Body) digest(d Digests) error {
	sum, sha := md5.New(), sha256.New() //nolint:gosec // see above
	var into []io.Writer
	if d.MD5 {
		into = append(into, sum)
	}
	if d.SHA256 {
		into = append(into, sha)
	}
	if _, err := io.Copy(io.MultiWriter(into...), b); err != nil {
		return err
	}
	if d.MD5 {
		b.MD5 = base64.StdEncoding.EncodeToString(sum.Sum(nil))
	}
	if d.SHA256 {
		b.SHA256 = hex.EncodeToString(sha.Sum(nil))
	}
	return nil
}

// Size is how many bytes there are.
func (b *Body) Size() int64 { return b.size }

// Read reads from the source, as long as the call lasts.
func (b *Body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.err != nil:
		return 0, b.err
	case b.src == nil:
		return 0, errDetached
	case b.left == 0:
		return 0, io.EOF
	}
	n, err := b.src.Read(p[:min(int64(len(p)), b.left)])
	if b.ctx.Err() != nil { // else the last bytes could still complete the object
		b.err = b.ctx.Err()
		return 0, b.err
	}
	b.left -= int64(n)
	if b.sum != nil {
		_, _ = b.sum.Write(p[:n]) // hashes do not fail
	}
	switch {
	case errors.Is(err, io.EOF) && b.left > 0:
		b.err = msg.Errorf("%w: %d of %d bytes", "%w：%d 字节，应为 %d 字节", store.ErrIntegrity, b.size-b.left, b.size)
	case err != nil && !errors.Is(err, io.EOF):
		b.err = broken(err)
	}
	return n, b.err
}

// Detach lets go of the source and returns what went wrong with it, or nil. A
// caller does so before it returns: what still reads the body gets an error, and
// the source is free for a second try. The checksum is at rest from then on.
func (b *Body) Detach() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.src = nil
	return b.err
}

var errDetached = errors.New("the call has returned")

// brokenBody is an error of the caller's content, not of the store.
type brokenBody struct{ err error }

func (b *brokenBody) Error() string { return b.err.Error() }
func (b *brokenBody) Unwrap() error { return b.err }

func broken(err error) error {
	if err == nil {
		return nil
	}
	return &brokenBody{err}
}

func isBroken(err error) bool {
	var b *brokenBody
	return errors.As(err, &b)
}
