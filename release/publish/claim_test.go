package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

func TestClaimKeepsOthersOut(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	mine, theirs := newRelease("demo", "1.0.0", "a=1"), newRelease("demo", "1.0.0", "a=2")
	since := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	put(t, st, ClaimKey("demo", "1.0.0"), string(encode(Claim{Schema: 1, Digest: Fingerprint(theirs.Manifest), By: "runner-7", Since: since})))
	_, err := mine.publish(t.Context(), st)
	if !errors.Is(err, store.ErrExists) || !strings.Contains(err.Error(), "runner-7") || !strings.Contains(err.Error(), "2026-03-04T05:06:07Z") {
		t.Errorf("error %v", err)
	}
	for _, l := range []msg.Lang{msg.English, msg.Chinese} {
		if h := msg.Hint(err).In(l); !strings.Contains(h, ClaimKey("demo", "1.0.0")) {
			t.Errorf("%s: the hint %q does not name the claim", l, h)
		}
	}
	// The same bytes go on under it, and it is gone afterwards.
	mustPublish(t, st, theirs)
	if got := keys(t, st, "demo/.claim"); len(got) > 0 {
		t.Errorf("left %q", got)
	}

	put(t, st, ClaimKey("demo", "2.0.0"), "{damaged")
	if _, err := newRelease("demo", "2.0.0", "a=1").publish(t.Context(), st); !errors.Is(err, store.ErrExists) {
		t.Errorf("a damaged claim: %v", err)
	}
	if err := json.Unmarshal([]byte(get(t, st, "demo/latest.json")), &Latest{}); err != nil {
		t.Error(err)
	}
}

// The fingerprint is of the bytes, not of the story about them.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	a, b := newRelease("demo", "1", "x=1", "y=2"), newRelease("demo", "1", "y=2", "x=1")
	b.Commit, b.Artifacts[0].ReproducedBy = "abc", []string{"other"}
	if Fingerprint(a.Manifest) != Fingerprint(b.Manifest) {
		t.Error("order or facts change the fingerprint")
	}
	for _, other := range []*release{newRelease("demo", "2", "x=1", "y=2"), newRelease("demo", "1", "x=1"), newRelease("demo", "1", "x=1", "y=3")} {
		if Fingerprint(a.Manifest) == Fingerprint(other.Manifest) {
			t.Errorf("%v has the same fingerprint", other.Manifest)
		}
	}
}

// Of racing publishers with different bytes exactly one wins; with the same
// bytes all do.
func TestPublishersRace(t *testing.T) {
	t.Parallel()
	for round := range 25 {
		st := newStore(t)
		const rivals, twins = 3, 2
		var wg sync.WaitGroup
		errs := make([][twins]error, rivals)
		start := make(chan struct{})
		for i := range rivals {
			for j := range twins {
				wg.Go(func() {
					r := newRelease("demo", "1.0.0", fmt.Sprintf("0-only-%d=x", i), "common=y", fmt.Sprintf("z=%d", i))
					<-start
					_, errs[i][j] = r.publish(context.Background(), st)
				})
			}
		}
		close(start)
		wg.Wait()
		winner := -1
		for i, pair := range errs {
			for _, err := range pair {
				switch {
				case err == nil && winner >= 0 && winner != i:
					t.Fatalf("round %d: two winners: %v", round, errs)
				case err == nil:
					winner = i
				case !errors.Is(err, store.ErrExists):
					t.Errorf("round %d: %v", round, err)
				}
			}
		}
		if winner < 0 || errs[winner] != [twins]error{} {
			t.Fatalf("round %d: winner %d, errors %v", round, winner, errs)
		}
		if got := get(t, st, "demo/1.0.0/z"); got != fmt.Sprint(winner) {
			t.Fatalf("round %d: winner %d, but the bytes of %s", round, winner, got)
		}
		mustVerify(t, st, VerifyOptions{})
		if got := len(keys(t, st, "demo/1.0.0/")); got != 5 {
			t.Errorf("round %d: losers left objects: %q", round, keys(t, st, "demo/1.0.0/"))
		}
		if got := keys(t, st, "demo/.claim"); len(got) > 0 {
			t.Errorf("round %d: left %q", round, got)
		}
	}
}

// Publishers of different versions at once: the index has all of them, and the
// highest is the latest.
func TestVersionsAtOnce(t *testing.T) {
	t.Parallel()
	for round := range 10 {
		st := newStore(t)
		const n = 6
		var wg sync.WaitGroup
		errs := make([]error, n)
		for i := range n {
			wg.Go(func() {
				_, errs[i] = newRelease("demo", fmt.Sprintf("1.%d.0", i), "a="+fmt.Sprint(i)).publish(context.Background(), st)
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		ix := indexIn(t, st, "demo")
		if len(ix.Versions) != n {
			t.Errorf("round %d: index has %d of %d versions", round, len(ix.Versions), n)
		}
		for i, e := range ix.Versions {
			if e.Sequence != n-i || i+1 < n && e.Previous != ix.Versions[i+1].Version {
				t.Errorf("round %d: entry %d is %s, sequence %d, previous %q", round, i, e.Version, e.Sequence, e.Previous)
			}
		}
		if got := latestIn(t, st, "demo"); got != "1.5.0" {
			t.Errorf("round %d: latest %s", round, got)
		}
		mustVerify(t, st, VerifyOptions{})
	}
}

// A store that cannot promise IfAbsent is looked at before and after.
func TestStoreWithoutIfAbsent(t *testing.T) {
	t.Parallel()
	bare := newStore(t)
	r := newRelease("demo", "1.0.0", "a=1", "b=2")
	res, err := r.publish(t.Context(), careless{bare})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Warnings) != 1 {
		t.Errorf("warnings %v", res.Warnings)
	}
	mustVerify(t, bare, VerifyOptions{})
	if _, err := newRelease("demo", "1.0.0", "a=X", "b=2").publish(t.Context(), careless{bare}); !errors.Is(err, store.ErrExists) {
		t.Errorf("other bytes: %v", err)
	}
	put(t, bare, "demo/2.0.0/"+manifest.SumsName, "something else\n")
	if _, err := newRelease("demo", "2.0.0", "a=1").publish(t.Context(), careless{bare}); !errors.Is(err, store.ErrExists) {
		t.Errorf("other sums: %v", err)
	}
}

// careless is a store that says it cannot keep objects from being replaced, and
// does replace them by Put.
type careless struct{ store.Store }

func (c careless) Caps() store.Caps { return store.Caps{} }

// A store that answers for other bytes than were sent is not believed.
func TestStoreThatLies(t *testing.T) {
	t.Parallel()
	for name, lie := range map[string]func(*store.Info){
		"size":  func(i *store.Info) { i.Size-- },
		"crc64": func(i *store.Info) { i.CRC64 = "1" },
	} {
		st := newStore(t)
		_, err := newRelease("demo", "1.0.0", "a=1").publish(t.Context(), liar{st, lie})
		if !errors.Is(err, store.ErrIntegrity) {
			t.Errorf("%s: %v", name, err)
		}
		if got := latestIn(t, st, "demo"); got != "" {
			t.Errorf("%s: latest %s", name, got)
		}
	}
}

type liar struct {
	store.Store
	lie func(*store.Info)
}

func (l liar) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	u, err := l.Store.Begin(ctx, key, o)
	return liarUpload{u, l.lie}, err
}

type liarUpload struct {
	store.Upload
	lie func(*store.Info)
}

func (l liarUpload) Commit(ctx context.Context) (store.Info, error) {
	i, err := l.Upload.Commit(ctx)
	l.lie(&i)
	return i, err
}
