package publish

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/publish/transfer"
)

// smallLimit is the most that a JSON object or a page may have: 16 MiB.
const smallLimit = 16 << 20

// patient is a store whose small operations are repeated after temporary
// failures: adapters never do that. Writing twice is safe because every
// conditional write that meets an object compares it.
type patient struct {
	store.Store
	pause    time.Duration // 0 = 200 ms
	requests *atomic.Int64 // counts them; nil = nobody does
}

func (p patient) retry(ctx context.Context, do func() error) error {
	return transfer.Retry{Pause: p.pause}.Do(ctx, func() error {
		if p.requests != nil {
			p.requests.Add(1)
		}
		return do()
	})
}

func (p patient) write(ctx context.Context, key string, body []byte, o store.PutOptions) error {
	return p.retry(ctx, func() error {
		if o.IfAbsent && !p.Caps().IfAbsent {
			if _, err := p.Head(ctx, key); err == nil {
				return store.ErrExists
			} else if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		_, err := p.Put(ctx, key, bytes.NewReader(body), int64(len(body)), o)
		return err
	})
}

// read returns a small object.
func (p patient) read(ctx context.Context, key string) (b []byte, info store.Info, err error) {
	err = p.retry(ctx, func() error {
		var body io.ReadCloser
		if body, info, err = p.Get(ctx, key, 0, -1); err != nil {
			return err
		}
		defer body.Close()
		b, err = io.ReadAll(io.LimitReader(body, smallLimit+1))
		return err
	})
	if err == nil && len(b) > smallLimit {
		err = msg.Errorf("read %s: it is larger than %d MiB", "读取 %s：超过 %d MiB", key, smallLimit>>20)
	}
	return b, info, err
}

func (p patient) remove(ctx context.Context, keys ...string) error {
	return p.retry(ctx, func() error { return p.Delete(ctx, keys...) })
}
