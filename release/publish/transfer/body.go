package transfer

import (
	"context"
	"errors"
	"hash"
	"io"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// tracked is the body of one request for a part. It sums what is sent: content
// that changed since it was read must not get into an object.
type tracked struct {
	r     io.ReadSeeker
	crc   hash.Hash64
	at    int64 // where r stands
	sum   int64 // how much was summed, from the beginning
	moved func(n int)
}

func (b *tracked) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.at == b.sum {
		_, _ = b.crc.Write(p[:n]) // hashes do not fail
		b.sum += int64(n)
	}
	b.at += int64(n)
	b.moved(n)
	return n, err
}

// Seek to the beginning sums again: adapters look at a body before they send it.
func (b *tracked) Seek(off int64, whence int) (int64, error) {
	at, err := b.r.Seek(off, whence)
	if err != nil {
		return at, err
	}
	if b.at = at; at == 0 {
		b.crc.Reset()
		b.sum = 0
	}
	return at, nil
}

// differs reports that all was sent and is not what it should be.
func (b *tracked) differs(size int64, crc uint64) bool {
	return b.sum == size && b.crc.Sum64() != crc
}

var errStalled = msg.Errorf("nothing moves any more", "传输停滞")

// attempt is one request for a part, as the pace sees it.
type attempt struct {
	p     *pace
	stage int
	began time.Time
	stall *time.Timer
}

func (a *attempt) moved(n int) {
	if n > 0 {
		if a.p.taken.Add(int64(n)) == int64(n) {
			now := time.Now()
			a.p.flow.Store(&now)
		}
		a.stall.Reset(stalled)
	}
}

// stalled is for how long nothing of a part may move before it is sent again.
const stalled = 90 * time.Second

// watch ends a request of which nothing moves any more. stop has to be called and
// tells whether that happened.
func (a *attempt) watch(ctx context.Context) (_ context.Context, stop func() bool) {
	ctx, cancel := context.WithCancelCause(ctx)
	a.stall = time.AfterFunc(stalled, func() { cancel(errStalled) })
	return ctx, func() bool {
		a.stall.Stop()
		defer cancel(nil)
		return errors.Is(context.Cause(ctx), errStalled)
	}
}
