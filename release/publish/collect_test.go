package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cos"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/store/oss"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
)

// age makes objects look as if they came so long ago. A key that ends in / is a
// whole folder.
func age(t *testing.T, st *file.Store, by time.Duration, keys ...string) {
	t.Helper()
	for _, key := range keys {
		err := filepath.WalkDir(filepath.Join(st.Dir(), filepath.FromSlash(key)), func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			at := time.Now().Add(-by)
			return os.Chtimes(name, at, at)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

const day = 24 * time.Hour

// collectable is a store with versions of every kind; the number after a snapshot
// or a prerelease is its age in days.
func collectable(t *testing.T) *file.Store {
	t.Helper()
	st := newStore(t)
	versions := []string{"1.0.0", "nightly", "1.1.0-rc.90", "1.1.0-rc.40", "1.0.1-snap.90", "1.0.1-snap.60", "1.0.1-snap.40", "1.0.1-snap.2", "0.9.0"}
	for _, v := range versions {
		r := newRelease("demo", v, "a="+v, "b="+v)
		r.Snapshot = strings.Contains(v, "snap")
		mustPublish(t, st, r)
		days := 100
		if _, n, dated := strings.Cut(v, "-"); dated {
			_, _ = fmt.Sscanf(n[strings.LastIndexByte(n, '.')+1:], "%d", &days)
		}
		age(t, st, time.Duration(days)*day, "demo/"+v+"/")
	}
	// What an upload left that died, and one that may be alive.
	put(t, st, "demo/2.0.0/a", "half")
	put(t, st, ClaimKey("demo", "2.0.0"), string(encode(Claim{Schema: 1, By: "runner-7"})))
	age(t, st, 25*time.Hour, "demo/2.0.0/", ClaimKey("demo", "2.0.0"))
	put(t, st, "demo/2.1.0/a", "half")
	put(t, st, ClaimKey("demo", "2.1.0"), string(encode(Claim{Schema: 1, By: "runner-8"})))
	age(t, st, 25*time.Hour, "demo/2.1.0/")
	put(t, st, "demo/docs/guide.txt", "nobody claimed this")
	put(t, st, ClaimKey("demo", "0.9.0"), "{}") // its manifest is in
	age(t, st, 25*time.Hour, "demo/docs/", ClaimKey("demo", "0.9.0"))
	// The index is made anew, with the dates of the manifests.
	if err := st.Delete(t.Context(), "demo/index.json"); err != nil {
		t.Fatal(err)
	}
	mustPromote(t, st, "demo", "1.0.0")
	put(t, st, "elsewhere/1.0.0/a", "not a project")
	age(t, st, 99*day, "elsewhere/")
	return st
}

func mustGC(t *testing.T, st store.Store, o GCOptions) *GCReport {
	t.Helper()
	o.ManageOptions = manage
	r, err := GC(context.Background(), st, o)
	if err != nil {
		t.Fatalf("%v\n%s", err, encode(r))
	}
	return r
}

func summary(r *GCReport) (removals, kept string) {
	var gone, stay []string
	for _, p := range r.Projects {
		for _, x := range p.Removals {
			gone = append(gone, x.Version+" "+x.Kind)
		}
		for _, k := range p.Kept {
			stay = append(stay, k.Version+" "+k.Why)
		}
	}
	slices.Sort(gone)
	slices.Sort(stay)
	return strings.Join(gone, ", "), strings.Join(stay, ", ")
}

func TestGCRules(t *testing.T) {
	t.Parallel()
	const always = "0.9.0 claim, 2.0.0 unfinished"
	model := collectable(t)
	for _, tc := range []struct {
		name       string
		o          GCOptions
		gone, kept string
	}{
		{"by default", GCOptions{}, always, "1.0.1-snap.2 newest, 1.0.1-snap.40 newest, 1.0.1-snap.60 newest, 1.0.1-snap.90 newest, 2.1.0 busy, docs stray"},
		{"few", GCOptions{KeepSnapshots: 2}, "0.9.0 claim, 1.0.1-snap.60 snapshot, 1.0.1-snap.90 snapshot, 2.0.0 unfinished", "1.0.1-snap.2 newest, 1.0.1-snap.40 newest, 2.1.0 busy, docs stray"},
		{"old", GCOptions{KeepSnapshots: -1, OlderThan: 50 * day}, "0.9.0 claim, 1.0.1-snap.60 snapshot, 1.0.1-snap.90 snapshot, 2.0.0 unfinished", "1.0.1-snap.2 young, 1.0.1-snap.40 young, 2.1.0 busy, docs stray"},
		{"all snapshots", GCOptions{KeepSnapshots: -1, OlderThan: -1}, "0.9.0 claim, 1.0.1-snap.2 snapshot, 1.0.1-snap.40 snapshot, 1.0.1-snap.60 snapshot, 1.0.1-snap.90 snapshot, 2.0.0 unfinished", "2.1.0 busy, docs stray"},
		{"prereleases", GCOptions{KeepSnapshots: 1, OlderThan: -1, Prereleases: true}, "0.9.0 claim, 1.0.1-snap.40 snapshot, 1.0.1-snap.60 snapshot, 1.0.1-snap.90 snapshot, 1.1.0-rc.90 prerelease, 2.0.0 unfinished", "1.0.1-snap.2 newest, 1.1.0-rc.40 newest, 2.1.0 busy, docs stray"},
		{"strays", GCOptions{Strays: true}, "0.9.0 claim, 2.0.0 unfinished, docs stray", "1.0.1-snap.2 newest, 1.0.1-snap.40 newest, 1.0.1-snap.60 newest, 1.0.1-snap.90 newest, 2.1.0 busy"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			st := copyAged(t, model)
			before := keys(t, st, "")
			dry := tc.o
			dry.DryRun = true
			planned := mustGC(t, st, dry)
			if gone, kept := summary(planned); gone != tc.gone || kept != tc.kept {
				t.Errorf("goes  %s\nwant  %s\nstays %s\nwant  %s", gone, tc.gone, kept, tc.kept)
			}
			if got := keys(t, st, ""); !slices.Equal(got, before) {
				t.Fatal("a dry run changed the store")
			}
			var promised []string
			size := int64(0)
			for _, x := range planned.Projects[0].Removals {
				for _, o := range x.Objects {
					promised = append(promised, o.Key)
					size += o.Size
				}
			}
			if size != planned.Size || size == 0 {
				t.Errorf("%d bytes would go, the report says %d", size, planned.Size)
			}
			done := mustGC(t, st, tc.o)
			for _, x := range done.Projects[0].Removals {
				if !x.Removed {
					t.Errorf("%s was not removed", x.Version)
				}
			}
			if done.Size != planned.Size {
				t.Errorf("%d bytes went, %d were promised", done.Size, planned.Size)
			}
			after := keys(t, st, "")
			want := slices.DeleteFunc(slices.Clone(before), func(k string) bool { return slices.Contains(promised, k) })
			if !slices.Equal(after, want) {
				t.Errorf("left\n%q\nwant\n%q", after, want)
			}
			readable(t, st, "demo")
			mustVerify(t, st, VerifyOptions{})
			rec := storetest.Record(st)
			if again := mustGC(t, rec, tc.o); len(again.Projects[0].Removals) > 0 || len(rec.Calls(store.OpPut, store.OpDelete)) > 0 {
				t.Errorf("again: %s, %v", encode(again), rec.Calls())
			}
		})
	}
}

// copyAged copies times too.
func copyAged(t *testing.T, model *file.Store) *file.Store {
	t.Helper()
	st := copyOf(t, model)
	err := filepath.WalkDir(model.Dir(), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(model.Dir(), name)
		if err != nil {
			return err
		}
		return os.Chtimes(filepath.Join(st.Dir(), rel), fi.ModTime(), fi.ModTime())
	})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// The order: marked, index without it, manifest, files, mark.
func TestGCOrder(t *testing.T) {
	t.Parallel()
	st := collectable(t)
	rec := storetest.Record(st)
	mustGC(t, rec, GCOptions{KeepSnapshots: 3, OlderThan: -1, Project: "demo"})
	const v = "demo/1.0.1-snap.90/"
	var stages []storetest.Call
	for _, c := range rec.Calls(store.OpPut, store.OpDelete) {
		if strings.HasPrefix(c.Key, v) || c.Key == "demo/index.json" || c.Key == "demo/index.html" {
			stages = append(stages, c)
		}
	}
	want := []string{"put " + v + ".removing.json", "put demo/index.json", "put demo/index.html", "delete " + v + "manifest.json",
		"delete " + v + "SHA256SUMS " + v + "a " + v + "b", "delete " + v + ".removing.json"}
	var got []string
	for i, c := range stages {
		s := string(c.Op) + " " + c.Key
		got = append(got, s)
		if i > 0 && !stages[i-1].Precedes(c) {
			t.Errorf("%v does not precede %v", stages[i-1], c)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("order %q\nwant  %q", got, want)
	}
}

func TestGCSpares(t *testing.T) {
	t.Parallel()
	snap := func(v string) *release {
		r := newRelease("demo", v, "a="+v)
		r.Snapshot = true
		return r
	}
	all := GCOptions{KeepSnapshots: -1, OlderThan: -1}
	t.Run("the latest", func(t *testing.T) {
		st := newStore(t)
		mustPublish(t, st, snap("0.0.0-a"))
		mustPublish(t, st, snap("0.0.0-b"))
		if gone, kept := summary(mustGC(t, st, all)); gone != "0.0.0-a snapshot" || kept != "0.0.0-b latest" {
			t.Errorf("%s; %s", gone, kept)
		}
		settled(t, st, "demo")
	})
	t.Run("a promoted one and what it passes over", func(t *testing.T) {
		st := newStore(t)
		for _, v := range []string{"0.0.0-a", "0.0.0-b", "0.0.0-c"} {
			mustPublish(t, st, snap(v))
		}
		mustPromote(t, st, "demo", "0.0.0-a")
		if gone, kept := summary(mustGC(t, st, all)); gone != "0.0.0-b snapshot" || kept != "0.0.0-a latest, 0.0.0-c promoted" {
			t.Errorf("%s; %s", gone, kept)
		}
		settled(t, st, "demo")
	})
	t.Run("what latest.json names though it should not", func(t *testing.T) {
		st := newStore(t)
		mustPublish(t, st, snap("0.0.0-a"))
		old := get(t, st, "demo/latest.json")
		mustPublish(t, st, snap("0.0.0-b"))
		put(t, st, "demo/latest.json", old)
		if gone, _ := summary(mustGC(t, st, all)); gone != "" {
			t.Errorf("%s went though readers are led to it", gone)
		}
	})
	t.Run("a version under a young claim", func(t *testing.T) {
		st := newStore(t)
		mustPublish(t, st, snap("0.0.0-a"))
		mustPublish(t, st, snap("0.0.0-b"))
		put(t, st, ClaimKey("demo", "0.0.0-a"), "{}")
		if gone, kept := summary(mustGC(t, st, all)); gone != "" || !strings.Contains(kept, "0.0.0-a busy") {
			t.Errorf("%s; %s", gone, kept)
		}
	})
	t.Run("a release that bears a mark", func(t *testing.T) {
		st := three(t)
		put(t, st, "demo/1.0.0/.removing.json", "{}")
		mustPublish(t, st, newRelease("demo", "1.3.0", "a=1"))
		if indexIn(t, st, "demo").find("1.0.0") != nil {
			t.Error("a marked version is listed")
		}
		if r := mustGC(t, st, all); len(r.Projects[0].Removals) > 0 || len(r.Warnings) != 1 {
			t.Errorf("%s", encode(r))
		}
		if indexIn(t, st, "demo").find("1.0.0") == nil {
			t.Error("the release is still hidden")
		}
		settled(t, st, "demo")
	})
}

// A claim that comes between the plan and the mark, and a promotion that does:
// the version stays.
func TestGCLooksAgain(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		meanwhile func(*testing.T, *file.Store)
		kept      string
	}{
		"claim": {func(t *testing.T, st *file.Store) { put(t, st, ClaimKey("demo", "0.0.0-a"), "{}") }, "0.0.0-a busy, 0.0.0-b latest"},
		"promotion": {func(t *testing.T, st *file.Store) {
			put(t, st, "demo/.promoted.json", `{"schema":1,"version":"0.0.0-a","over":"0.0.0-b"}`)
		}, "0.0.0-a promoted, 0.0.0-b latest"},
		"another gc": {func(t *testing.T, st *file.Store) {}, "0.0.0-b latest"},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStore(t)
			for _, v := range []string{"0.0.0-a", "0.0.0-b"} {
				r := newRelease("demo", v, "a="+v)
				r.Snapshot = true
				mustPublish(t, st, r)
			}
			between := &hook{Store: st}
			between.before = func(op store.Op, key string) {
				if op == store.OpPut && strings.HasSuffix(key, "/.removing.json") {
					tc.meanwhile(t, st)
				}
				if name == "another gc" && op == store.OpDelete && strings.HasSuffix(key, "manifest.json") {
					put(t, st, "demo/0.0.0-a/.removing.json", `{"id":"theirs"}`)
				}
			}
			r := mustGC(t, between, GCOptions{KeepSnapshots: -1, OlderThan: -1})
			_, kept := summary(r)
			if kept != tc.kept {
				t.Errorf("kept %s, want %s", kept, tc.kept)
			}
			if name == "another gc" {
				if !slices.Contains(keys(t, st, ""), "demo/0.0.0-a/a") || r.Projects[0].Removals[0].Removed || len(r.Warnings) != 1 {
					t.Errorf("it did not leave the version to the other: %s", encode(r))
				}
				mustGC(t, st, GCOptions{KeepSnapshots: -1, OlderThan: -1})
				if got := keys(t, st, "demo/0.0.0-a"); len(got) > 0 {
					t.Errorf("the next left %q", got)
				}
				return
			}
			if slices.Contains(keys(t, st, ""), "demo/0.0.0-a/.removing.json") {
				t.Error("the mark is left")
			}
			readable(t, st, "demo")
			mustVerify(t, st, VerifyOptions{})
		})
	}
}

// hook calls before ahead of each look, write and deletion.
type hook struct {
	store.Store
	before func(op store.Op, key string)
}

func (h *hook) Head(ctx context.Context, key string) (store.Info, error) {
	h.before(store.OpHead, key)
	return h.Store.Head(ctx, key)
}

func (h *hook) Put(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	h.before(store.OpPut, key)
	return h.Store.Put(ctx, key, body, size, o)
}

func (h *hook) Delete(ctx context.Context, keys ...string) error {
	h.before(store.OpDelete, keys[0])
	return h.Store.Delete(ctx, keys...)
}

// A publisher meets gc: it is refused, or the version is whole.
func TestPublishMeetsGC(t *testing.T) {
	t.Parallel()
	refused, spared := 0, 0
	for round := 0; round < 40; round += sample(3) {
		st := newStore(t)
		mustPublish(t, st, newRelease("demo", "1.0.0", "a=1"))
		r := newRelease("demo", "1.1.0", "a=1", "b=2", "c=3")
		// An interrupted run left its claim and a file, long ago.
		put(t, st, "demo/1.1.0/a", "1")
		put(t, st, ClaimKey("demo", "1.1.0"), string(encode(Claim{Schema: 1, Digest: Fingerprint(r.Manifest), By: "runner-7"})))
		age(t, st, 25*time.Hour, "demo/1.1.0/", ClaimKey("demo", "1.1.0"))
		var wg sync.WaitGroup
		var err error
		wg.Go(func() { _, err = r.publish(t.Context(), st) })
		wg.Go(func() {
			time.Sleep(time.Duration(round) * 200 * time.Microsecond)
			if _, err := GC(t.Context(), st, GCOptions{ManageOptions: manage}); err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		})
		wg.Wait()
		switch {
		case err == nil:
			spared++
		case strings.Contains(err.Error(), "gc is removing"):
			refused++
		default:
			t.Errorf("round %d: %v", round, err)
		}
		readable(t, st, "demo")
		if indexIn(t, st, "demo").find("1.1.0") != nil {
			settled(t, st, "demo")
		}
		mustPublish(t, st, r)
		settled(t, st, "demo")
	}
	t.Logf("%d refused, %d published", refused, spared)
}

// Whatever call of gc fails, readers see a version whole or not at all, and the
// next one finishes.
func TestEveryCallOfGCFails(t *testing.T) {
	t.Parallel()
	model := newStore(t)
	for _, v := range []string{"1.0.0", "0.0.0-a"} {
		r := newRelease("demo", v, "a="+v)
		r.Snapshot = v != "1.0.0"
		mustPublish(t, model, r)
	}
	put(t, model, "demo/2.0.0/a", "half")
	put(t, model, ClaimKey("demo", "2.0.0"), "{}")
	age(t, model, 25*time.Hour, "demo/2.0.0/", ClaimKey("demo", "2.0.0"))
	o := GCOptions{ManageOptions: manage, KeepSnapshots: -1, OlderThan: -1}
	want := []string{"demo/1.0.0/SHA256SUMS", "demo/1.0.0/a", "demo/1.0.0/manifest.json", "demo/index.html", "demo/index.json", "demo/install.sh", "demo/latest.json"}
	runs, failed := 0, 0
	storetest.FailSome(t, sample(5), func(t *testing.T, inject storetest.Inject) {
		st := copyAged(t, model)
		ctx, faulty, reached := inject(st)
		runs++
		_, err := GC(ctx, faulty, o)
		if err != nil {
			failed++
			if !reached() {
				t.Fatal(err)
			}
		}
		readable(t, st, "demo")
		if got := latestIn(t, st, "demo"); got != "1.0.0" {
			t.Errorf("latest %q", got)
		}
		if err == nil && !slices.Equal(keys(t, st, ""), want) {
			t.Errorf("success, but there is %q", keys(t, st, ""))
		}
		mustGC(t, st, o)
		if got := keys(t, st, ""); !slices.Equal(got, want) {
			t.Errorf("again left %q", got)
		}
		settled(t, st, "demo")
	})
	if runs < 100/sample(5) || failed < 50/sample(5) {
		t.Errorf("only %d runs, %d of which failed", runs, failed)
	}
	t.Logf("%d runs, %d failed", runs, failed)
}

// Stale uploads of the whole store go, unless one project is named.
func TestGCSweeps(t *testing.T) {
	t.Parallel()
	st := three(t)
	for i := range 3 {
		if _, err := st.Begin(t.Context(), fmt.Sprint("demo/9.9.9/", i), store.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	age(t, st, 25*time.Hour, ".yingzao-uploads/")
	if _, err := st.Begin(t.Context(), "demo/9.9.9/young", store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if r := mustGC(t, st, GCOptions{Project: "demo"}); r.Aborted != 0 {
		t.Errorf("%d uploads went with one project", r.Aborted)
	}
	if r := mustGC(t, st, GCOptions{DryRun: true}); r.Aborted != 0 {
		t.Errorf("%d uploads went in a dry run", r.Aborted)
	}
	if r := mustGC(t, &hook{Store: st}, GCOptions{}); r.Aborted != 0 {
		t.Error("swept a store that cannot")
	}
	if r := mustGC(t, st, GCOptions{}); r.Aborted != 3 || len(r.Uploads) != 0 {
		t.Errorf("%s", encode(r))
	}
}

// Every store offers what gc looks for.
var (
	_ sweeper = (*file.Store)(nil)
	_ sweeper = (*oss.Store)(nil)
	_ sweeper = (*cos.Store)(nil)
	_ sweeper = (*s3.Store)(nil)
	_ lister  = (*oss.Store)(nil)
	_ lister  = (*cos.Store)(nil)
	_ lister  = (*s3.Store)(nil)
)

// telling is a store that tells its uploads, as buckets do.
type telling struct {
	store.Store
	uploads []string
	fail    error // of the first sweep
}

func (s *telling) Unfinished(_ context.Context, olderThan time.Duration, fn func(store.Unfinished) error) error {
	for _, key := range s.uploads {
		if err := fn(store.Unfinished{Key: key, ID: key, Begun: time.Now().Add(-2 * olderThan)}); err != nil {
			return err
		}
	}
	return nil
}

func (s *telling) Sweep(context.Context, time.Duration) (int, error) {
	n := len(s.uploads)
	if s.fail != nil {
		n, s.fail = 1, nil
		s.uploads = s.uploads[1:]
		return n, store.ErrTransient
	}
	s.uploads = nil
	return n, nil
}

func TestGCTellsUploads(t *testing.T) {
	t.Parallel()
	st := &telling{Store: three(t), uploads: []string{"demo/2/a", "demo/2/b"}, fail: store.ErrTransient}
	for range 2 {
		if r := mustGC(t, st, GCOptions{DryRun: true}); len(r.Uploads) != 2 || r.Aborted != 0 || r.Uploads[0].Key != "demo/2/a" {
			t.Errorf("%s", encode(r))
		}
	}
	if r := mustGC(t, st, GCOptions{Project: "demo"}); len(r.Uploads) != 0 || len(st.uploads) != 2 {
		t.Errorf("%s", encode(r))
	}
	if r := mustGC(t, st, GCOptions{}); len(r.Uploads) != 2 || r.Aborted != 2 || len(st.uploads) != 0 {
		t.Errorf("%s", encode(r))
	}
}

func TestGCRefuses(t *testing.T) {
	t.Parallel()
	st := three(t)
	for name, want := range map[string]string{"other": "there is no project other", "../x": "path separator"} {
		_, err := GC(t.Context(), st, GCOptions{Project: name})
		if err == nil || !strings.Contains(err.Error(), want) || msg.Hint(err).IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r := mustGC(t, newStore(t), GCOptions{}); len(r.Projects) > 0 {
		t.Errorf("%s", encode(r))
	}
	f := storetest.Faulty(st, storetest.Fault{N: 1, Err: store.ErrDenied})
	if _, err := GC(t.Context(), f, GCOptions{}); !errors.Is(err, store.ErrDenied) {
		t.Errorf("%v", err)
	}
}

// gc comes and finishes between the listing and the claim: what was found there is
// sent after all.
func TestPublishLooksAgain(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	r := newRelease("demo", "1.0.0", "a=1", "b=2", "c=3")
	put(t, st, "demo/1.0.0/a", "1")
	gone := &hook{Store: st, before: func(op store.Op, key string) {
		if key == ClaimKey("demo", "1.0.0") && op == store.OpPut {
			if err := st.Delete(t.Context(), "demo/1.0.0/a"); err != nil {
				t.Error(err)
			}
		}
	}}
	res := mustPublish(t, gone, r)
	if res.Uploaded != 3 || res.Skipped != 0 || res.Bytes != 3 {
		t.Errorf("%+v", res)
	}
	settled(t, st, "demo")

	// It is gone as soon as the listing is made.
	r = newRelease("demo", "1.0.1", "a=1", "b=2")
	put(t, st, "demo/1.0.1/a", "1")
	gone.before = func(op store.Op, key string) {
		if key == "demo/1.0.1/a" && op == store.OpHead {
			_ = st.Delete(t.Context(), key)
		}
	}
	if res := mustPublish(t, gone, r); res.Uploaded != 2 || res.Skipped != 0 || res.Bytes != 2 {
		t.Errorf("%+v", res)
	}
	settled(t, st, "demo")

	// The mark is there when it looks.
	r = newRelease("demo", "1.1.0", "a=1")
	marked := &hook{Store: st, before: func(op store.Op, key string) {
		if key == ClaimKey("demo", "1.1.0") && op == store.OpPut {
			put(t, st, "demo/1.1.0/.removing.json", "{}")
		}
	}}
	if _, err := r.publish(t.Context(), marked); err == nil || !strings.Contains(err.Error(), "gc is removing this version") {
		t.Errorf("%v", err)
	}
	if got := keys(t, st, "demo/1.1.0/"); len(got) != 1 {
		t.Errorf("there is %q", got)
	}
}
