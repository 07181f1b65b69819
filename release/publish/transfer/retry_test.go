package transfer

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

func TestRetry(t *testing.T) {
	for name, tc := range map[string]struct {
		errs  []error // one after the other, then success
		calls int
		least time.Duration
		most  time.Duration
		ok    bool
	}{
		"success":            {nil, 1, 0, 0, true},
		"passing":            {[]error{store.ErrTransient, store.ErrIntegrity, store.ErrThrottled}, 4, 700 * time.Millisecond, 1400 * time.Millisecond, true},
		"too often":          {[]error{store.ErrTransient, store.ErrTransient, store.ErrTransient, store.ErrTransient, store.ErrTransient}, 5, 1500 * time.Millisecond, 3 * time.Second, false},
		"denied":             {[]error{store.ErrDenied}, 1, 0, 0, false},
		"no class":           {[]error{errors.New("?")}, 1, 0, 0, false},
		"later":              {[]error{store.WithLater(store.ErrThrottled, 30*time.Second)}, 2, 30 * time.Second, 30 * time.Second, true},
		"sooner than a try":  {[]error{store.WithLater(store.ErrTransient, time.Microsecond)}, 2, 100 * time.Millisecond, 200 * time.Millisecond, true},
		"much later":         {[]error{store.WithLater(store.ErrThrottled, time.Hour)}, 1, 0, 0, false},
		"later, not passing": {[]error{store.WithLater(store.ErrDenied, time.Second)}, 1, 0, 0, false},
		"stale":              {[]error{store.ErrStale}, 2, 0, 0, true},
		"stale twice":        {[]error{store.ErrStale, store.ErrStale}, 2, 0, 0, false},
		"wrapped":            {[]error{fmt.Errorf("x: %w", store.Fail(store.OpPut, "k", store.ErrTransient, nil))}, 2, 100 * time.Millisecond, 200 * time.Millisecond, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			began, calls := time.Now(), 0
			err := Retry{}.Do(t.Context(), func() error {
				calls++
				if calls <= len(tc.errs) {
					return tc.errs[calls-1]
				}
				return nil
			})
			took := time.Since(began)
			if (err == nil) != tc.ok || calls != tc.calls || took < tc.least || took > tc.most {
				t.Errorf("%s: %d calls in %v, %v", name, calls, took, err)
			}
		})
	}
}

func TestRetryEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		err := Retry{Tries: 1000, Pause: time.Minute}.Do(ctx, func() error { return store.ErrTransient })
		if !errors.Is(err, store.ErrTransient) || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestBudget(t *testing.T) {
	b := NewBudget(3)
	n := 0
	for b.spend() {
		n++
	}
	if n != 3 {
		t.Errorf("%d repetitions", n)
	}
	b.refill()
	if b.spend() {
		t.Error("one success earned a repetition")
	}
	b.refill()
	if !b.spend() {
		t.Error("two successes did not")
	}
	for range 100 {
		b.refill()
	}
	for n = 0; b.spend(); n++ {
	}
	if n != 3 {
		t.Errorf("%d repetitions after many successes", n)
	}
	var none *Budget
	none.refill()
	if !none.spend() {
		t.Error("no budget has a bound")
	}
}

func TestSizes(t *testing.T) {
	const MiB = 1 << 20
	for name, tc := range map[string]struct {
		objects []int64
		asked   int64
		caps    store.Caps
		want    []int64
	}{
		"one":               {[]int64{100 * MiB}, 0, store.Caps{}, []int64{MiB}},
		"the last is finer": {[]int64{100 * MiB, 100 * MiB, 100 * MiB, 100 * MiB, 50 * MiB}, 0, store.Caps{}, []int64{MiB, MiB, MiB, MiB, 256 << 10}},
		"least":             {[]int64{100 * MiB, 1}, 0, store.Caps{MinPart: 5 * MiB}, []int64{5 * MiB, 5 * MiB}},
		"large":             {[]int64{3000 * MiB}, 0, store.Caps{MaxParts: 10000}, []int64{6 * MiB}},
		"too many":          {[]int64{200_000 * MiB}, 0, store.Caps{MaxParts: 10000}, []int64{20 * MiB}},
		"asked":             {[]int64{100, 0}, 7, store.Caps{}, []int64{7, 7}},
		"asked too little":  {[]int64{100}, 7, store.Caps{MaxParts: 10}, []int64{10}},
	} {
		var all []*upload
		for _, n := range tc.objects {
			all = append(all, &upload{Object: Object{Size: n}})
		}
		sizes(all, tc.asked, 64, tc.caps)
		for i, u := range all {
			if u.partSize != tc.want[i] {
				t.Errorf("%s: object %d has parts of %d, want %d", name, i, u.partSize, tc.want[i])
			}
			if n := count(u.Size, u.partSize); n < 1 || tc.caps.MaxParts > 0 && n > tc.caps.MaxParts || int64(n)*u.partSize < u.Size {
				t.Errorf("%s: object %d has %d parts", name, i, n)
			}
		}
	}
}

// Buffers never hold more than they may, and the largest part always fits.
func TestMemory(t *testing.T) {
	for _, tc := range []struct {
		part, most  int64
		connections int
		want        int
	}{
		{1 << 20, 0, 24, 25}, {1 << 20, 0, 64, 48}, {5 << 20, 0, 24, 9}, {100 << 20, 0, 24, 2}, {1000, 5000, 64, 5},
	} {
		p := newPool(tc.connections, tc.most, []*flow{{upload: &upload{Object: Object{Size: 1 << 40}, partSize: tc.part}}})
		if cap(p.tokens) != tc.want {
			t.Errorf("%+v: %d buffers", tc, cap(p.tokens))
		}
	}
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r rate
		if r.perSecond() != 0 || r.eta(1) != 0 {
			t.Error("it knows something")
		}
		r.start()
		for range 100 {
			time.Sleep(100 * time.Millisecond)
			r.add(time.Now(), 1000)
		}
		if got := r.perSecond(); got != 10_000 {
			t.Errorf("%d bytes a second", got)
		}
		if got := r.eta(20_000); got != 2*time.Second {
			t.Errorf("eta %v", got)
		}
		for range 100 { // what is long ago does not count
			time.Sleep(100 * time.Millisecond)
			r.add(time.Now(), 100)
		}
		if got := r.perSecond(); got > 1100 {
			t.Errorf("%d bytes a second", got)
		}
		if len(r.marks) > 100 {
			t.Errorf("%d marks", len(r.marks))
		}
	})
}
