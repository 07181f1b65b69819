package publish

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// smallLimit is the most that a JSON object or a page may have: 16 MiB.
const smallLimit = 16 << 20

// patient is a store whose small operations are repeated after temporary
// failures: adapters never do that. Writing twice is safe because every
// conditional write that meets an object compares it.
type patient struct {
	store.Store
	pause time.Duration
}

func (p patient) retry(ctx context.Context, do func() error) error {
	pause := p.pause
	if pause == 0 {
		pause = 200 * time.Millisecond
	}
	for try := 0; ; try++ {
		err := do()
		again := errors.Is(err, store.ErrTransient) || errors.Is(err, store.ErrIntegrity)
		if err == nil || !again || try == 2 || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause << try):
		}
	}
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
