package oss

import (
	"bytes"
	"context"
	"hash"
	"io"
	"sync"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// body is the caller's content on its way. The transport may go on reading it
// after the request has failed, while the caller already rewinds it for another
// try: stop ends that.
type body struct {
	ctx  context.Context
	size int64

	mu      sync.Mutex
	r       io.Reader
	sum     hash.Hash64
	left    int64
	err     error // of the source, or that it was too short
	stopped bool
}

// newBody refuses a source of another length than size before a byte is sent.
func newBody(ctx context.Context, r io.ReadSeeker, size int64) (*body, error) {
	at, err := r.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, err
	}
	end, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if _, err := r.Seek(at, io.SeekStart); err != nil {
		return nil, err
	}
	if end-at != size {
		return nil, msg.Errorf("%w: %d bytes instead of the promised %d", "%w：实际 %d 字节，声明为 %d 字节", store.ErrIntegrity, max(end-at, 0), size)
	}
	return &body{ctx: ctx, size: size, left: size, r: r, sum: store.NewCRC64()}, nil
}

func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.stopped:
		return 0, io.ErrClosedPipe
	case b.err != nil:
		return 0, b.err
	case b.left == 0:
		return 0, io.EOF
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	if b.ctx.Err() != nil { // else the last bytes might still complete the object
		n, err = 0, b.ctx.Err()
	}
	b.left -= int64(n)
	_, _ = b.sum.Write(p[:n]) // a hash does not fail
	switch {
	case err == io.EOF && b.left > 0:
		b.err = msg.Errorf("%w: it ended %d bytes early", "%w：提前 %d 字节结束", store.ErrIntegrity, b.left)
	case err != nil && err != io.EOF:
		b.err = err
	}
	return n, b.err
}

// stop waits for a read under way and lets no other begin.
func (b *body) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
}

// failure is why the source could not be read, or nil.
func (b *body) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// check holds what was sent against the CRC64 the service computed; "" is none.
// It returns the checksum.
func (b *body) check(said string) (uint64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	sum := b.sum.Sum64()
	if theirs, ok := store.ParseCRC64(said); ok && theirs != sum {
		return sum, msg.Errorf("%w: CRC64 %s was sent, the service has %s", "%w：发送内容的 CRC64 为 %s，服务端为 %s", store.ErrIntegrity, store.FormatCRC64(sum), said)
	}
	return sum, nil
}

func bytesBody(ctx context.Context, b []byte) (*body, error) {
	return newBody(ctx, bytes.NewReader(b), int64(len(b)))
}
