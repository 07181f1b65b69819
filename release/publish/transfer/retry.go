package transfer

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// Retry repeats requests after failures that may pass: ErrTransient,
// ErrThrottled and ErrIntegrity after a pause, ErrStale once and at once. The
// zero value is what most callers want.
type Retry struct {
	Pause  time.Duration // before the first repetition, doubled each time, less up to a half by chance; 0 = 200 ms
	Tries  int           // of one request, the first included; 0 = 5
	Budget *Budget       // shared with other requests; nil = no bound but Tries
	// Wait is called before a repetition, with the failure; nil sleeps.
	Wait func(ctx context.Context, failure error, d time.Duration) error
}

// patience is the longest a store may make us wait.
const patience = 2 * time.Minute

// Do runs do until it succeeds, or fails for good, or it is not worth another
// try, and returns its last error.
func (r Retry) Do(ctx context.Context, do func() error) error {
	tries, wait := r.Tries, r.Wait
	if tries <= 0 {
		tries = 5
	}
	if wait == nil {
		wait = func(ctx context.Context, _ error, d time.Duration) error { return sleep(ctx, d) }
	}
	refreshed := false
	for try := 1; ; try++ {
		err := do()
		switch {
		case err == nil:
			r.Budget.refill()
			return nil
		case ctx.Err() != nil:
			return err
		case errors.Is(err, store.ErrStale) && !refreshed:
			refreshed = true
			try--
			continue
		case !passing(err) || try >= tries || !r.Budget.spend():
			return err
		}
		pause := r.pause(try)
		if after := later(err); after > patience {
			return err
		} else if after > pause {
			pause = after
		}
		if wait(ctx, err, pause) != nil {
			return err
		}
	}
}

// passing reports whether a pause may cure a failure.
func passing(err error) bool {
	return errors.Is(err, store.ErrTransient) || errors.Is(err, store.ErrThrottled) || errors.Is(err, store.ErrIntegrity)
}

// later is what the store asked for; 0 when it did not.
func later(err error) time.Duration {
	var l *store.Later
	if errors.As(err, &l) {
		return l.After
	}
	return 0
}

// pause is the pause after a number of failures.
func (r Retry) pause(failures int) time.Duration {
	base := r.Pause
	if base <= 0 {
		base = 200 * time.Millisecond
	}
	full := base << min(failures-1, 6)
	return full/2 + rand.N(full/2+1)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Budget bounds the repetitions of many requests together: each costs one, and
// two successes earn one back. The nil budget has no bound.
type Budget struct {
	mu         sync.Mutex
	left, full int // in halves
}

// NewBudget holds n repetitions.
func NewBudget(n int) *Budget { return &Budget{left: 2 * n, full: 2 * n} }

func (b *Budget) spend() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left < 2 {
		return false
	}
	b.left -= 2
	return true
}

func (b *Budget) refill() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = min(b.left+1, b.full)
}
