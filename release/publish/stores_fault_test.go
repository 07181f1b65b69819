package publish

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// faultsEnv set to "all" runs every case of the tests of faults; else a sample
// has to do.
const faultsEnv = "YINGZAO_PUBLISH_FAULTS"

func allFaults() bool { return os.Getenv(faultsEnv) == "all" }

// sample is how far apart the cases are that a test takes: step, or all of them.
func sample(step int) int {
	if allFaults() {
		return 1
	}
	return step
}

// blow is one way to disturb the n-th request of a publication.
type blow struct {
	name string
	kind bucket.Kind // of a bucket
	err  error       // of a directory
	when storetest.When
	dead bool
	// cured says that one such failure alone may not fail a publication.
	cured    bool
	patience time.Duration // after which the user gives up; 0 = never
}

// blows are all of one kind of store.
func blows(kind string) (all []blow) {
	if kind == "file" {
		for _, when := range []storetest.When{storetest.Before, storetest.Midway, storetest.After} {
			for _, err := range []error{store.ErrTransient, store.ErrThrottled, store.ErrIntegrity, store.ErrDenied, store.ErrNoSpace} {
				all = append(all, blow{name: fmt.Sprintf("%s: %v", when, err), err: msg.Errorf("%w: injected", "%w：人为注入", err), when: when,
					cured: !errors.Is(err, store.ErrDenied) && !errors.Is(err, store.ErrNoSpace)})
			}
			all = append(all, blow{name: when.String() + ": the store stays dead", when: when, dead: true})
		}
		return all
	}
	for _, k := range bucket.Kinds() {
		b := blow{name: k.String(), kind: k}
		switch k {
		case bucket.ServiceBusy, bucket.InternalError, bucket.ErrorBody, bucket.ResetRequest, bucket.ResetResponse, bucket.LostAnswer, bucket.Truncate, bucket.Slow, bucket.StaleUpload:
			b.cured = true
		case bucket.Hang:
			b.patience = 50 * time.Millisecond
		}
		all = append(all, b)
	}
	return all
}

// tally counts what a test of faults did.
type tally struct {
	cases, failed, undone, orphans int
	byBlow                         map[string][2]int // cases, failed
}

// Whatever request of a publication fails in whatever way, to whatever store:
// readers see the old release or the new one, whole; what one failure cannot
// break is not broken; the same call again completes the publication; and
// nothing keeps running.
func TestEveryRequestFails(t *testing.T) {
	for k, kind := range siteKinds {
		t.Run(kind, func(t *testing.T) {
			sum := tally{byBlow: map[string][2]int{}}
			old, heard := oldRelease(t, kind), map[string]int{}
			for i, b := range blows(kind) {
				if !allFaults() { // one case of each, at another request
					faultCase(t, kind, old, b, 1+(11*i+7*k)%30, &sum, heard)
					continue
				}
				for n := 1; faultCase(t, kind, old, b, n, &sum, heard); n++ {
					if n > 1000 {
						t.Fatal("1000 requests: it does not end")
					}
				}
			}
			t.Logf("%s: %d cases, %d publications failed, %d of them before anything was visible, %d uploads left behind in the end", kind, sum.cases, sum.failed, sum.undone, sum.orphans)
			for _, name := range slices.Sorted(maps.Keys(sum.byBlow)) {
				t.Logf("  %-28s %3d cases, %3d failed", name, sum.byBlow[name][0], sum.byBlow[name][1])
			}
			t.Logf("%s: no secret in %v", kind, heard)
			if len(sum.byBlow) < len(blows(kind)) || sum.failed < 2 {
				t.Errorf("%d of %d kinds of fault struck, %d publications failed: the faults do not strike", len(sum.byBlow), len(blows(kind)), sum.failed)
			}
		})
	}
}

// oldRelease is what a store of a kind holds after the old release.
func oldRelease(t *testing.T, kind string) map[string]string {
	t.Helper()
	s := newSite(t, kind, siteOptions{})
	defer s.shut()
	if _, err := s.publish(t.Context(), s.open(t, siteOptions{}), partsRelease("1.0.0", 1, 1200, 10), Options{PartSize: smallPart}); err != nil {
		t.Fatal(err)
	}
	return s.objects(t)
}

// faultCase runs one case and reports whether the fault was reached.
func faultCase(t *testing.T, kind string, old map[string]string, b blow, n int, sum *tally, heard map[string]int) bool {
	t.Helper()
	before := goleak.IgnoreCurrent()
	s := newSite(t, kind, siteOptions{})
	defer s.shut()
	s.seed(t, old)
	r := partsRelease("1.1.0", 2, 2500, 1500, 300, 0)
	watched := watch(t, s, s.open(t, siteOptions{}), "1.0.0", "1.1.0")
	st := store.Store(watched)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var gaveUp atomic.Pointer[time.Time]
	reached := func() bool { return s.srv.Struck() > 0 }
	if s.srv != nil {
		s.srv.ResetRequests()
		asked := 0
		s.srv.Faults(bucket.Fault{Kind: b.kind, N: n, RetryAfter: -1, Delay: 5 * time.Millisecond, Match: func(bucket.Request) bool {
			if asked++; asked == n && b.patience > 0 {
				time.AfterFunc(b.patience, func() {
					now := time.Now()
					gaveUp.Store(&now)
					cancel()
				})
			}
			return true
		}})
	} else {
		faulty := storetest.Faulty(st, storetest.Fault{N: n, Err: b.err, When: b.when, Dead: b.dead})
		st, reached = faulty, faulty.Fired
	}
	bad := false
	wrong := func(format string, args ...any) {
		t.Helper()
		bad = true
		t.Errorf(format, args...)
	}
	o := Options{PartSize: smallPart, Connections: 1 + n%4}
	if n%2 == 0 {
		o.Journal = t.TempDir()
	}
	label := fmt.Sprintf("%s, %s at request %d", kind, b.name, n)
	_, err := s.publish(ctx, st, r, o)
	if at := gaveUp.Load(); at != nil && time.Since(*at) > 30*time.Second { // 2 s on a machine with nothing else to do; to wait for the answer takes minutes
		wrong("%s: it was over only %v after the user gave up", label, time.Since(*at))
	}
	if !reached() {
		if err != nil {
			wrong("%s: not reached, yet %v", label, err)
		}
		return false
	}
	var hit bucket.Request
	if s.srv != nil {
		s.srv.Faults()
		for _, q := range s.srv.Requests() {
			s.secrets.look("server's log", q.String())
			if q.Fault != bucket.None {
				hit = q
			}
		}
		label += " (" + hit.String() + ")"
	}
	sum.cases++
	count := sum.byBlow[b.name]
	count[0]++
	if err != nil {
		sum.failed++
		count[1]++
		if b.cured {
			wrong("%s: one such failure must be overcome: %v", label, err)
		}
	}
	sum.byBlow[b.name] = count
	now := s.objects(t)
	got, problem := follow(now, "demo")
	switch {
	case problem != nil:
		wrong("%s: a reader fails: %v", label, problem)
	case err == nil && got != "1.1.0":
		wrong("%s: success, but latest is %s", label, got)
	case got != "1.0.0" && got != "1.1.0":
		wrong("%s: latest is %s", label, got)
	}
	// Asked only now: what was on its way when the user gave up may have come since.
	if err != nil && kind != "file" && !slices.ContainsFunc(s.srv.Requests(bucket.Complete), func(q bucket.Request) bool { return !probing(q.Key) }) {
		sum.undone++
		maps.DeleteFunc(now, func(key, _ string) bool { return key == ClaimKey("demo", "1.1.0") || probing(key) })
		if !maps.Equal(now, old) {
			wrong("%s: visible before the first artifact was completed: %q", label, slices.Sorted(maps.Keys(now)))
		}
	}
	bare := s.open(t, siteOptions{})
	if err != nil {
		if _, err := s.publish(t.Context(), bare, r, o); err != nil {
			wrong("%s: the next publication fails too: %v", label, err)
		}
	}
	if bad {
		return true // what follows would only repeat it
	}
	s.verify(t, bare, VerifyOptions{})
	s.verify(t, bare, VerifyOptions{Project: "demo", Version: "1.0.0"})
	if got := latestIn(t, bare, "demo"); got != "1.1.0" {
		wrong("%s: in the end latest is %s", label, got)
	}
	if left := keys(t, bare, "demo/.claim"); len(left) > 0 {
		wrong("%s: left %q", label, left)
	}
	sum.orphans += orphans(s, wrong, label, hit.Op, int(watched.hurried.Load()))
	s.secrets.stored(s.objects(t))
	s.secrets.quiet(heard)
	s.shut()
	if err := goleak.Find(before); err != nil {
		wrong("%s: %v", label, err)
	}
	return true
}

// probing tells the objects by which the s3 store finds out what a server can.
func probing(key string) bool { return strings.Contains(key, ".yingzao-probe-") }

// orphans counts uploads that nobody knows of any more. Only the loss of the
// answer that would have named one excuses it, or one that came too late.
func orphans(s *site, wrong func(string, ...any), label string, hit bucket.Op, late int) int {
	if s.srv == nil {
		return 0
	}
	left := s.srv.Uploads()
	excused := late
	if hit == bucket.Initiate || hit == bucket.Abort {
		excused++
	}
	if len(left) > excused {
		wrong("%s: left uploads of %v", label, left)
	}
	return len(left)
}
