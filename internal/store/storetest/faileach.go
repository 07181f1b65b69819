package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// FailEach runs fn again and again with one call of its store going wrong: the
// first, the second, and so on until a run ends before the fault is reached.
// It does so for each moment of a call, and for each of: one failure; a failure
// after which the store stays dead; a cancelled context.
//
// fn makes a fresh store, wraps it by inject, exactly once, runs what is to be
// tested on the wrapped store and the context it got, and then looks at the
// bare store: what holds whichever call failed? inject's last result tells,
// afterwards, whether the fault was reached; when it was not, what is tested must
// have succeeded.
//
//	storetest.FailEach(t, func(t *testing.T, inject storetest.Inject) {
//		bare := newStore(t)
//		ctx, st, reached := inject(bare)
//		err := publish(ctx, st)
//		if err != nil && !reached() {
//			t.Fatal(err)
//		}
//		… look at bare …
//	})
func FailEach(t *testing.T, fn func(t *testing.T, inject Inject)) { FailSome(t, 1, fn) }

// FailSome is FailEach for a sample: of the calls every step-th, beginning with
// another one for each moment and each kind of failure. A step below 2 is FailEach.
func FailSome(t *testing.T, step int, fn func(t *testing.T, inject Inject)) {
	step = max(step, 1)
	for w, when := range []When{Before, Midway, After} {
		for h, how := range []string{"once", "dead", "cancel"} {
			t.Run(when.String()+" "+how, func(t *testing.T) {
				for n := 1 + (3*w+h)%step; failAt(t, n, when, how, fn); n += step {
					if n >= 10_000 {
						t.Fatal("still running after 10000 faults; does it retry for ever?")
					}
				}
			})
		}
	}
}

// Inject puts the fault of this run in front of a store; see [FailEach].
type Inject func(bare store.Store) (ctx context.Context, st store.Store, reached func() bool)

// failAt makes one run and reports whether another is needed.
func failAt(t *testing.T, n int, when When, how string, fn func(*testing.T, Inject)) bool {
	var f *FaultyStore
	ok := t.Run(fmt.Sprintf("call %d", n), func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		fault := Fault{N: n, When: when, Dead: how == "dead"}
		if how == "cancel" {
			fault.Cancel = cancel
		}
		fn(t, func(bare store.Store) (context.Context, store.Store, func() bool) {
			if f != nil {
				t.Fatal("inject was called twice")
			}
			f = Faulty(bare, fault)
			return ctx, f, f.Fired
		})
	})
	if f == nil {
		t.Fatal("the test did not call inject")
	}
	return ok && f.Fired()
}
