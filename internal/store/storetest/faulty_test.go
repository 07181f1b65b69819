package storetest_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
)

// A faulty store without a fault, and a recorder, behave like the store.
func TestWrappersConform(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		return storetest.Faulty(storetest.Record(newStore(t)), storetest.Fault{})
	})
}

func TestFaultMoments(t *testing.T) {
	special := errors.New("special")
	for _, tc := range []struct {
		name  string
		fault storetest.Fault
		wants string // what the three puts of a, b, c returned
		keys  string // what is in the store afterwards
	}{
		{"none", storetest.Fault{}, "ok ok ok", "a b c"},
		{"before", storetest.Fault{N: 2}, "ok transient ok", "a c"},
		{"midway", storetest.Fault{N: 2, When: storetest.Midway}, "ok transient ok", "a c"},
		{"after", storetest.Fault{N: 2, When: storetest.After}, "ok transient ok", "a b c"},
		{"own error", storetest.Fault{N: 1, Err: special}, "special ok ok", "b c"},
		{"dead before", storetest.Fault{N: 2, Dead: true}, "ok transient transient", "a"},
		{"dead after", storetest.Fault{N: 2, When: storetest.After, Dead: true}, "ok transient transient", "a b"},
		{"beyond", storetest.Fault{N: 4}, "ok ok ok", "a b c"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bare := newStore(t)
			st := storetest.Faulty(bare, tc.fault)
			var got []string
			for _, key := range []string{"a", "b", "c"} {
				switch err := put(t.Context(), st, key, "body of "+key); {
				case err == nil:
					got = append(got, "ok")
				case errors.Is(err, special):
					got = append(got, "special")
				case errors.Is(err, store.ErrTransient):
					got = append(got, "transient")
				default:
					t.Fatal(err)
				}
			}
			if strings.Join(got, " ") != tc.wants || keys(t, bare) != tc.keys {
				t.Errorf("puts: %q, want %q; keys %q, want %q", got, tc.wants, keys(t, bare), tc.keys)
			}
			if st.Calls() != 3 || st.Fired() != (tc.fault.N >= 1 && tc.fault.N <= 3) {
				t.Errorf("calls %d, fired %v", st.Calls(), st.Fired())
			}
		})
	}
}

func TestFaultCancels(t *testing.T) {
	for when, want := range map[storetest.When]string{storetest.Before: "", storetest.Midway: "", storetest.After: "a"} {
		ctx, cancel := context.WithCancel(t.Context())
		bare := newStore(t)
		st := storetest.Faulty(bare, storetest.Fault{N: 1, When: when, Cancel: cancel})
		err := put(ctx, st, "a", "body")
		if (err == nil) != (when == storetest.After) || err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("%v: %v", when, err)
		}
		if err := put(ctx, st, "b", "body"); !errors.Is(err, context.Canceled) {
			t.Errorf("%v: the context is not cancelled: %v", when, err)
		}
		if got := keys(t, bare); got != want {
			t.Errorf("%v: keys %q, want %q", when, got, want)
		}
	}
}

func TestFaultMidwayOfReading(t *testing.T) {
	bare := newStore(t)
	if err := errors.Join(put(t.Context(), bare, "a", "0123456789"), put(t.Context(), bare, "b", "")); err != nil {
		t.Fatal(err)
	}
	r, _, err := storetest.Faulty(bare, storetest.Fault{N: 1, When: storetest.Midway}).Get(t.Context(), "a", 2, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if string(got) != "2345" || !errors.Is(err, store.ErrTransient) {
		t.Errorf("read %q, %v; want half of the range and a failure", got, err)
	}
	var seen []string
	err = storetest.Faulty(bare, storetest.Fault{N: 1, When: storetest.Midway}).List(t.Context(), "", func(i store.Info) error {
		seen = append(seen, i.Key)
		return nil
	})
	if !slices.Equal(seen, []string{"a"}) || !errors.Is(err, store.ErrTransient) {
		t.Errorf("listed %q, %v; want one object and a failure", seen, err)
	}
}

// publish is what FailEach is for: two artifacts in parts, then the pointer.
func publish(ctx context.Context, st store.Store, orderly bool) error {
	var ups []store.Upload
	abort := func(err error) error {
		for _, u := range ups {
			err = errors.Join(err, u.Abort(context.WithoutCancel(ctx)))
		}
		return err
	}
	for _, key := range []string{"v1/a", "v1/b"} {
		u, err := st.Begin(ctx, key, store.PutOptions{})
		if err != nil {
			return abort(err)
		}
		ups = append(ups, u)
		if _, err := u.Part(ctx, 1, strings.NewReader(key), 4); err != nil {
			return abort(err)
		}
	}
	if !orderly {
		if err := put(ctx, st, "latest", "v1"); err != nil {
			return err
		}
	}
	for _, u := range ups {
		if _, err := u.Commit(ctx); err != nil {
			return abort(err)
		}
	}
	if orderly {
		return put(ctx, st, "latest", "v1")
	}
	return nil
}

func TestFailEach(t *testing.T) {
	for orderly, wantTorn := range map[bool]bool{true: false, false: true} {
		runs, torn, done := 0, 0, 0
		storetest.FailEach(t, func(t *testing.T, inject storetest.Inject) {
			runs++
			bare := newStore(t)
			ctx, st, reached := inject(bare)
			err := publish(ctx, st, orderly)
			if err != nil && !reached() {
				t.Fatal(err)
			}
			if !reached() {
				done++
			}
			switch all := keys(t, bare); {
			case strings.HasPrefix(all, "latest") && all != "latest v1/a v1/b":
				torn++
			case err == nil && all != "latest v1/a v1/b":
				t.Errorf("succeeded with %q", all)
			}
		})
		// 7 calls and the run without a fault, 3 moments, 3 ways; aborts come on top.
		if runs != 9*8 || done != 9 {
			t.Errorf("orderly %v: %d runs, %d of them without a fault; want 72 and 9", orderly, runs, done)
		}
		if (torn > 0) != wantTorn {
			t.Errorf("orderly %v: %d runs left the pointer before the artifacts", orderly, torn)
		}
	}
}

func TestRecorder(t *testing.T) {
	r := storetest.Record(newStore(t))
	ctx := t.Context()
	if err := publish(ctx, r, true); err != nil {
		t.Fatal(err)
	}
	if err := put(ctx, r, "latest", "again"); !errors.Is(err, store.ErrExists) {
		t.Fatal(err)
	}
	_ = keys(t, r)
	_ = get(t, r, "v1/a")
	_, _ = r.Head(ctx, "none")
	_ = r.Delete(ctx, "v1/a", "v1/b")
	_, _ = r.Resume(ctx, "v1/a", "none", store.PutOptions{IfAbsent: true})
	var got []string
	for _, c := range r.Calls() {
		got = append(got, c.String())
	}
	want := []string{"begin v1/a", "part 1 v1/a 4", "begin v1/b", "part 1 v1/b 4", "commit v1/a", "commit v1/b", "put latest 2 if-absent",
		"put latest 5 if-absent: error", "list", "get v1/a", "head none: error", "delete v1/a v1/b", "resume v1/a if-absent: error"}
	if !slices.Equal(got, want) {
		t.Errorf("calls %q\n want %q", got, want)
	}
	parts, commits := r.Calls(store.OpPart), r.Calls(store.OpCommit)
	if len(parts) != 2 || !parts[1].Precedes(commits[0]) || commits[0].Precedes(parts[1]) {
		t.Errorf("order of %v and %v is lost", parts, commits)
	}
	r.Reset()
	if n := len(r.Calls()); n != 0 {
		t.Errorf("%d calls after Reset", n)
	}
}
