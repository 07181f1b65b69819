package cred

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

func TestProviderRefreshesEarly(t *testing.T) {
	for _, tc := range []struct{ life, early time.Duration }{
		{time.Hour, 5 * time.Minute},
		{12 * time.Hour, 5 * time.Minute},
		{15 * time.Minute, 90 * time.Second},
		{10 * time.Second, time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := 0
			p := &provider{fetch: func(context.Context) (Keys, error) {
				n++
				return Keys{ID: fmt.Sprint(n), Expires: time.Now().Add(tc.life)}, nil
			}}
			ask := func(want string) {
				t.Helper()
				if k, err := p.Get(t.Context()); err != nil || k.ID != want {
					t.Errorf("life %v: keys %q, error %v, want %q", tc.life, k.ID, err, want)
				}
			}
			ask("1")
			time.Sleep(tc.life - tc.early - time.Millisecond)
			ask("1")
			time.Sleep(time.Millisecond)
			ask("2")
			ask("2")
		})
	}
}

func TestProviderOneFetchAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var under, calls atomic.Int32
		p := &provider{fetch: func(context.Context) (Keys, error) {
			if under.Add(1) > 1 {
				t.Error("two fetches at once")
			}
			time.Sleep(time.Second)
			under.Add(-1)
			return Keys{ID: fmt.Sprint(calls.Add(1)), Expires: time.Now().Add(time.Minute)}, nil
		}}
		all := func(want string, within time.Duration) {
			t.Helper()
			start := time.Now()
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					if k, err := p.Get(t.Context()); err != nil || k.ID != want {
						t.Errorf("keys %q, error %v, want %q", k.ID, err, want)
					}
				})
			}
			wg.Wait()
			if d := time.Since(start); d > within {
				t.Errorf("it took %v", d)
			}
		}
		all("1", time.Second) // everybody waits for the first
		time.Sleep(55 * time.Second)
		// One refreshes, the others go on with keys that are still good.
		go func() { _, _ = p.Get(t.Context()) }()
		synctest.Wait()
		all("1", 0)
		time.Sleep(2 * time.Second)
		all("2", 0)
		if n := calls.Load(); n != 2 {
			t.Errorf("%d fetches", n)
		}
	})
}

func TestProviderFailures(t *testing.T) {
	broken := errors.New("broken")
	synctest.Test(t, func(t *testing.T) {
		var calls int
		fail := false
		p := &provider{fetch: func(ctx context.Context) (Keys, error) {
			calls++
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				return Keys{}, ctx.Err()
			}
			if fail {
				return Keys{}, broken
			}
			return Keys{ID: "1", Expires: time.Now().Add(time.Hour)}, nil
		}}
		if _, err := p.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
		// An early refresh that fails is nobody's error, and is not repeated at once.
		fail, calls = true, 0
		time.Sleep(56 * time.Minute)
		for range 10 {
			if k, err := p.Get(t.Context()); err != nil || k.ID != "1" {
				t.Errorf("keys %v, error %v", k.ID, err)
			}
		}
		if calls != 1 {
			t.Errorf("%d tries within the pause", calls)
		}
		// Once they are over it is everybody's error, from one fetch.
		time.Sleep(5 * time.Minute)
		calls = 0
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if _, err := p.Get(t.Context()); !errors.Is(err, broken) {
					t.Errorf("error %v", err)
				}
			})
		}
		wg.Wait()
		if calls != 1 {
			t.Errorf("%d fetches for ten who wait", calls)
		}
		// Whoever gives up takes nobody along.
		fail = false
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _, _ = p.Get(ctx) }()
		synctest.Wait()
		wg.Go(func() {
			if _, err := p.Get(t.Context()); err != nil {
				t.Errorf("the one who stayed: %v", err)
			}
		})
		short, cancel2 := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel2()
		if _, err := p.Get(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a waiter with a deadline: %v", err)
		}
		cancel()
		wg.Wait()
		if _, err := p.Get(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before: %v", err)
		}
	})
}

func TestProviderRefused(t *testing.T) {
	n := 0
	p := &provider{fetch: func(context.Context) (Keys, error) {
		n++
		return Keys{ID: fmt.Sprint(n)}, nil
	}}
	first, _ := p.Get(t.Context())
	p.Refused(first)
	second, _ := p.Get(t.Context())
	p.Refused(first) // told late by another connection
	third, _ := p.Get(t.Context())
	if first.ID != "1" || second.ID != "2" || third.ID != "2" {
		t.Errorf("keys %s, %s, %s", first.ID, second.ID, third.ID)
	}
}

func TestProviderExpiredOnArrival(t *testing.T) {
	p := &provider{fetch: func(context.Context) (Keys, error) { return Keys{ID: "x", Expires: time.Now().Add(-time.Second)}, nil }}
	_, err := p.Get(t.Context())
	if !errors.Is(err, store.ErrStale) {
		t.Errorf("class of %v", err)
	}
	speaks(t, err, "clock is ahead")
}
