package publish

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
)

// Of two publishers of one version with different bytes exactly one wins, on
// every store; with the same bytes both do.
func TestPublishersRaceInEveryStore(t *testing.T) {
	t.Parallel()
	for _, kind := range siteKinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			wins, first := map[int]int{}, 0
			heard := map[string]int{}
			rounds := 20 / sample(3)
			for round := range rounds {
				w, ok := raceOnce(t, kind, round, true, heard)
				if !ok {
					t.Fatalf("round %d", round)
				}
				wins[w]++
				if round%4 == 0 {
					if _, ok := raceOnce(t, kind, round, false, heard); !ok {
						t.Fatalf("round %d, the same bytes", round)
					}
					first++
				}
			}
			t.Logf("%s: %d rounds of different bytes, won by the publishers %v times; %d of the same bytes, both succeed", kind, rounds, wins, first)
			t.Logf("%s: no secret in %v", kind, heard)
		})
	}
}

// rival is the release of one of two publishers. One artifact has the same bytes
// in both, as licences have.
func rival(i int, differ bool) *release {
	if !differ {
		i = 0
	}
	return newRelease("demo", "1.0.0", fmt.Sprintf("a-%d=only here", i), "b=same", fmt.Sprintf("c=%d%s", i, strings.Repeat("x", 2500)))
}

// Whenever somebody else publishes the same version, before or after whichever
// call of ours: one wins.
func TestRivalAtEveryMoment(t *testing.T) {
	t.Parallel()
	for _, kind := range siteKinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			cases, wins, heard := 0, map[string]int{}, map[string]int{}
			step := sample(11) // before one call, after another
			for _, differ := range []bool{true, false} {
				for n := 1; n < 1000; n += step {
					s := newSite(t, kind, siteOptions{})
					releases := [2]*release{rival(0, differ), rival(1, differ)}
					var errs [2]error
					o := Options{PartSize: smallPart, Connections: 1}
					between := storetest.Faulty(s.open(t, siteOptions{}), storetest.Fault{N: n, When: storetest.When(n % 2 * 2), Cancel: func() {
						_, errs[1] = s.publish(context.Background(), s.open(t, siteOptions{}), releases[1], o)
					}})
					_, errs[0] = s.publish(t.Context(), between, releases[0], o)
					if !between.Fired() {
						s.shut()
						break
					}
					winner, ok := raced(t, s, fmt.Sprintf("%s, differ %v, at call %d", kind, differ, n), releases, errs, differ, heard)
					s.shut()
					if !ok {
						t.FailNow()
					}
					cases++
					if differ {
						wins[[]string{"ours", "theirs"}[winner]]++
					}
				}
			}
			t.Logf("%s: a rival at %d moments; with different bytes %v won", kind, cases, wins)
			if wins["ours"] == 0 || wins["theirs"] == 0 {
				t.Errorf("one never wins: %v", wins)
			}
		})
	}
}

// raceOnce lets two publishers run and returns who won.
func raceOnce(t *testing.T, kind string, round int, differ bool, heard map[string]int) (winner int, ok bool) {
	t.Helper()
	s := newSite(t, kind, siteOptions{})
	defer s.shut()
	var (
		wg       sync.WaitGroup
		errs     [2]error
		releases [2]*release
		start    = make(chan struct{})
	)
	for i := range releases {
		releases[i] = rival(i, differ)
		st := s.open(t, siteOptions{})
		wg.Go(func() {
			<-start
			_, errs[i] = s.publish(context.Background(), st, releases[i], Options{PartSize: smallPart, By: fmt.Sprint("publisher ", i)})
		})
	}
	close(start)
	wg.Wait()
	return raced(t, s, fmt.Sprintf("%s, round %d", kind, round), releases, errs, differ, heard)
}

// raced looks at what two publishers left and returns who won.
func raced(t *testing.T, s *site, label string, releases [2]*release, errs [2]error, differ bool, heard map[string]int) (winner int, ok bool) {
	t.Helper()
	ok = true
	wrong := func(format string, args ...any) {
		t.Helper()
		ok = false
		t.Errorf("%s: %s", label, fmt.Sprintf(format, args...))
	}
	winner = -1
	for i, err := range errs {
		switch {
		case err == nil && winner >= 0 && differ:
			wrong("two winners")
		case err == nil:
			winner = i
		case !differ || !errors.Is(err, store.ErrExists):
			wrong("publisher %d: %v", i, err)
		}
	}
	if winner < 0 {
		wrong("nobody won: %v", errs)
		return winner, ok
	}
	objects := s.objects(t)
	if v, err := follow(objects, "demo"); v != "1.0.0" || err != nil {
		wrong("a reader gets %q: %v", v, err)
	}
	here := map[string]bool{"SHA256SUMS": true, "manifest.json": true}
	for name, content := range releases[winner].files {
		here[name] = true
		if objects["demo/1.0.0/"+name] != string(content) {
			wrong("%s is not the winner's", name)
		}
	}
	for key := range objects {
		if name, in := strings.CutPrefix(key, "demo/1.0.0/"); in && !here[name] {
			wrong("the loser left %s", key)
		}
		if strings.HasPrefix(key, "demo/.claim") {
			wrong("left %s", key)
		}
	}
	if s.srv != nil && len(s.srv.Uploads()) > 0 {
		wrong("left uploads: %v", s.srv.Uploads())
	}
	s.verify(t, s.open(t, siteOptions{}), VerifyOptions{})
	s.secrets.stored(objects)
	s.secrets.quiet(heard)
	return winner, ok
}
