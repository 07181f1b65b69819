package cred

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Provider hands out keys. It is safe for concurrent use.
type Provider interface {
	// Get returns keys to sign one request with; ask again for each request. It
	// fetches them when there are none, and before they expire: early by five
	// minutes or a tenth of their life, whichever is less. One fetch is under way
	// at a time, and while the present keys are still good the others go on with
	// those. Errors have a class of package store where one fits.
	Get(ctx context.Context) (Keys, error)
	// Refused says that the service called these keys expired or unknown. Unless
	// they have been replaced already, the next Get fetches new ones, if the
	// source can give any.
	Refused(Keys)
	// Source says in a few words where the keys come from, never a value:
	// "environment OSS_ACCESS_KEY_ID", "~/.ossutilconfig".
	Source() string
	// Warnings are what the user should know about the source, such as a file
	// that everybody can read.
	Warnings() []msg.Text
}

// Static is a provider of keys that are known already.
func Static(k Keys) Provider {
	return &provider{source: "static keys", fetch: func(context.Context) (Keys, error) { return k, nil }}
}

// pause is how long a failed early refresh is not repeated while the present
// keys are still good.
const pause = 15 * time.Second

type provider struct {
	source   string
	warnings []msg.Text
	fetch    func(ctx context.Context) (Keys, error)
	now      func() time.Time // nil is time.Now

	mu      sync.Mutex
	keys    *Keys     // nil before the first fetch and after Refused
	refresh time.Time // when to fetch again; zero is never
	flight  *flight   // the fetch under way
}

// flight is one fetch; the fields are set before done is closed.
type flight struct {
	done chan struct{}
	keys *Keys
	err  error
}

func (p *provider) Source() string       { return p.source }
func (p *provider) Warnings() []msg.Text { return p.warnings }

// Format hides what the provider holds, whatever the verb.
func (p *provider) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.source) }

func (p *provider) Refused(k Keys) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys != nil && p.keys.ID == k.ID && p.keys.Token == k.Token {
		p.keys = nil
	}
}

func (p *provider) Get(ctx context.Context) (Keys, error) {
	for {
		if err := ctx.Err(); err != nil {
			return Keys{}, err
		}
		p.mu.Lock()
		now := p.clock()
		good := p.keys != nil && (p.keys.Expires.IsZero() || now.Before(p.keys.Expires))
		due := !p.refresh.IsZero() && !now.Before(p.refresh)
		if good && (!due || p.flight != nil) {
			defer p.mu.Unlock()
			return *p.keys, nil
		}
		if f := p.flight; f != nil {
			p.mu.Unlock()
			select {
			case <-ctx.Done():
				return Keys{}, ctx.Err()
			case <-f.done:
			}
			if f.err == nil {
				return *f.keys, nil
			}
			if errors.Is(f.err, context.Canceled) || errors.Is(f.err, context.DeadlineExceeded) {
				continue // of its caller's context, not of ours
			}
			return Keys{}, f.err
		}
		f := &flight{done: make(chan struct{})}
		p.flight = f
		p.mu.Unlock()
		return p.lead(ctx, f, good)
	}
}

// lead fetches for everybody who waits on f. While the present keys are good,
// a failure is nobody's error yet.
func (p *provider) lead(ctx context.Context, f *flight, good bool) (Keys, error) {
	k, err := p.fetch(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock()
	if err == nil && !k.Expires.IsZero() && !now.Before(k.Expires) {
		err = expired(k.Expires, now)
	}
	switch {
	case err == nil:
		p.keys, p.refresh = &k, time.Time{}
		if !k.Expires.IsZero() {
			p.refresh = k.Expires.Add(-min(5*time.Minute, k.Expires.Sub(now)/10))
		}
	case good && p.keys != nil && now.Before(p.keys.Expires) && ctx.Err() == nil:
		p.refresh, err = now.Add(pause), nil
	}
	f.err = err
	if err == nil {
		f.keys = p.keys
	}
	p.flight = nil
	close(f.done)
	if err != nil {
		return Keys{}, err
	}
	return *p.keys, nil
}

func (p *provider) clock() time.Time {
	if p.now == nil {
		return time.Now()
	}
	return p.now()
}

func expired(at, now time.Time) error {
	return msg.Errorf("%w: they ended at %s, and it is %s here", "%w：有效期至 %s，而本机时间是 %s", store.ErrStale,
		at.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339)).
		WithHint("get new credentials; if these are fresh, this machine's clock is ahead (set it by NTP)", "请获取新的凭据；若凭据是刚取得的，则是本机时钟偏快（请用 NTP 校准）")
}
