package publish

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
)

// readable asserts what a reader may rely on at any moment, whoever is at work or
// died at it: every version of index.json is whole, and latest.json names one
// that is not yanked. One page may be a step behind.
func readable(t *testing.T, st store.Store, project string) {
	t.Helper()
	ix := indexIn(t, st, project)
	whole := map[string]bool{}
	for _, e := range ix.Versions {
		raw := get(t, st, project+"/"+e.Version+"/manifest.json")
		if sha256Of([]byte(raw)) != e.Manifest {
			t.Errorf("%s: the index has another digest of the manifest", e.Version)
		}
		whole[e.Version] = true
		for _, f := range e.Files {
			if got := get(t, st, project+"/"+e.Version+"/"+f.Name); sha256Of([]byte(got)) != f.SHA256 {
				t.Errorf("%s: %s has other bytes", e.Version, f.Name)
			}
		}
	}
	if l := latestIn(t, st, project); l != "" && !whole[l] {
		t.Errorf("latest %s is not in the index", l)
	}
}

// settled asserts that everything is of one piece and nothing is left over.
func settled(t *testing.T, st store.Store, project string) {
	t.Helper()
	readable(t, st, project)
	mustVerify(t, st, VerifyOptions{Project: project})
	l, err := List(context.Background(), st, project, manage)
	if err != nil {
		t.Fatal(err)
	}
	if p := l.Projects[0]; !p.Fresh || len(p.Unfinished) > 0 || len(p.Warnings) > 0 {
		t.Errorf("not settled: %s", encode(p))
	}
}

// copyOf copies a store, which is faster than publishing it again.
func copyOf(t *testing.T, model *file.Store) *file.Store {
	t.Helper()
	st := newStore(t)
	if err := os.CopyFS(st.Dir(), os.DirFS(model.Dir())); err != nil {
		t.Fatal(err)
	}
	return st
}

func three(t *testing.T) *file.Store {
	st := newStore(t)
	for _, v := range []string{"1.0.0", "1.1.0", "1.2.0"} {
		mustPublish(t, st, newRelease("demo", v, "a="+v, "b=b"))
	}
	return st
}

func TestPromote(t *testing.T) {
	t.Parallel()
	st := three(t)
	c := mustPromote(t, st, "demo", "1.1.0")
	if c.Already || c.Before != "1.2.0" || c.Latest != "1.1.0" || c.Over != "1.2.0" || len(c.Warnings) > 0 {
		t.Errorf("%+v", c)
	}
	settled(t, st, "demo")
	for step, want := range []struct {
		do     func()
		latest string
	}{
		{func() { mustPublish(t, st, newRelease("demo", "1.2.0", "a=1.2.0", "b=b")) }, "1.1.0"}, // an old one again
		{func() { mustPublish(t, st, newRelease("demo", "1.1.1", "a=1")) }, "1.1.0"},            // a lower one
		{func() { mustPromote(t, st, "demo", "1.0.0") }, "1.0.0"},
		{func() { put(t, st, "demo/latest.json", "{"); mustPublish(t, st, newRelease("demo", "1.0.1", "a=1")) }, "1.0.0"}, // it outlives latest.json
		{func() { mustPublish(t, st, newRelease("demo", "1.3.0", "a=1")) }, "1.3.0"},
		{func() { mustPromote(t, st, "demo", "1.1.0") }, "1.1.0"},
		{func() { mustPromote(t, st, "demo", "1.3.0") }, "1.3.0"}, // the highest: no promotion is left
		{func() { mustYank(t, st, "demo", "1.3.0", "bad") }, "1.2.0"},
	} {
		want.do()
		if got := latestIn(t, st, "demo"); got != want.latest {
			t.Errorf("step %d: latest is %s, want %s", step, got, want.latest)
		}
		settled(t, st, "demo")
	}
	if slices.Contains(keys(t, st, ""), "demo/.promoted.json") {
		t.Error("a promotion was left")
	}
}

// A second time nothing is written, whatever it is.
func TestChangesAreIdempotent(t *testing.T) {
	t.Parallel()
	st := three(t)
	for name, do := range []func(st store.Store) (*Change, error){
		func(st store.Store) (*Change, error) { return Promote(t.Context(), st, "demo", "1.0.0", manage) },
		func(st store.Store) (*Change, error) { return Yank(t.Context(), st, "demo", "1.2.0", "bad", manage) },
		func(st store.Store) (*Change, error) { return Promote(t.Context(), st, "demo", "1.0.0", manage) },
		func(st store.Store) (*Change, error) { return Unyank(t.Context(), st, "demo", "1.2.0", manage) },
		func(st store.Store) (*Change, error) { return Promote(t.Context(), st, "demo", "1.2.0", manage) },
	} {
		if _, err := do(st); err != nil {
			t.Fatal(err)
		}
		rec := storetest.Record(st)
		c, err := do(rec)
		if err != nil || !c.Already {
			t.Errorf("change %d: %+v, %v", name, c, err)
		}
		if calls := rec.Calls(store.OpPut, store.OpDelete, store.OpBegin); len(calls) > 0 {
			t.Errorf("change %d wrote %v", name, calls)
		}
		settled(t, st, "demo")
	}
}

func TestYank(t *testing.T) {
	t.Parallel()
	st := three(t)
	before := map[string]string{}
	for _, k := range keys(t, st, "demo/1.2.0/") {
		before[k] = get(t, st, k)
	}
	c := mustYank(t, st, "demo", "1.2.0", " loses data; use 1.1.0 ")
	if c.Latest != "1.1.0" || c.Before != "1.2.0" || c.Already {
		t.Errorf("%+v", c)
	}
	e := indexIn(t, st, "demo").find("1.2.0")
	if !e.Yanked || e.YankReason != "loses data; use 1.1.0" {
		t.Errorf("entry %+v", e)
	}
	for k, want := range before {
		if get(t, st, k) != want {
			t.Errorf("yanking changed %s", k)
		}
	}
	settled(t, st, "demo")
	r := mustVerify(t, st, VerifyOptions{Project: "demo", Version: "1.2.0"})
	if !strings.Contains(string(encode(r)), "VRF022") || strings.Contains(string(encode(r)), "VRF013") {
		t.Errorf("verify says %s", encode(r))
	}
	if c := mustYank(t, st, "demo", "1.2.0", "another reason"); c.Already || indexIn(t, st, "demo").find("1.2.0").YankReason != "another reason" {
		t.Errorf("%+v", c)
	}
	// Publishing it again says so and changes nothing.
	res := mustPublish(t, st, newRelease("demo", "1.2.0", "a=1.2.0", "b=b"))
	if res.Latest != "1.1.0" || len(res.Warnings) != 1 || !strings.Contains(res.Warnings[0].EN, "another reason") {
		t.Errorf("%+v", res)
	}
	// The promoted one is yanked: the highest that remains.
	mustPromote(t, st, "demo", "1.0.0")
	if c := mustYank(t, st, "demo", "1.0.0", "bad"); c.Latest != "1.1.0" {
		t.Errorf("%+v", c)
	}
	// The last one: nothing is left to name, and nobody is led astray.
	if c := mustYank(t, st, "demo", "1.1.0", "bad"); c.Latest != "" {
		t.Errorf("%+v", c)
	}
	if slices.Contains(keys(t, st, ""), "demo/latest.json") {
		t.Error("latest.json is left though every version is yanked")
	}
	settled(t, st, "demo")
	if got := get(t, st, "demo/index.html"); !strings.Contains(got, "There is no current version") {
		t.Error("the page offers a version")
	}
	c, err := Unyank(t.Context(), st, "demo", "1.2.0", manage)
	if err != nil || c.Latest != "1.2.0" || c.Before != "" {
		t.Errorf("%+v, %v", c, err)
	}
	settled(t, st, "demo")
}

// A mark that cannot be read withdraws the version all the same.
func TestDamagedTombstone(t *testing.T) {
	t.Parallel()
	st := three(t)
	put(t, st, "demo/1.2.0/.yanked.json", "{")
	if _, err := Verify(t.Context(), st, VerifyOptions{}); err == nil || !strings.Contains(err.Error(), "index.json does not say") {
		t.Errorf("verify says %v of an index that lacks the mark", err)
	}
	mustPublish(t, st, newRelease("demo", "1.0.0", "a=1.0.0", "b=b"))
	if got := latestIn(t, st, "demo"); got != "1.1.0" {
		t.Errorf("latest %s", got)
	}
	mustVerify(t, st, VerifyOptions{})
}

func TestInstallRefusesYanked(t *testing.T) {
	t.Parallel()
	linuxAmd64(t)
	st := newStore(t)
	mustPublish(t, st, realRelease(t))
	other := newRelease("demo", "1.3.0", "notes.txt=x")
	mustPublish(t, st, other)
	mustYank(t, st, "demo", "1.2.0", "it's `broken`; $(touch pwned)")
	i := newInstaller(t, st)
	code, out := i.run("--base", i.url, "--version", "1.2.0", "--dir", i.dir)
	if code != 1 || !strings.Contains(out, "version 1.2.0 is yanked and not installed: it's `broken`; $(touch pwned)") || i.installed() != "" {
		t.Errorf("exit %d\n%s", code, out)
	}
	code, out = i.run("--base", i.url, "--version", "1.2.0", "--dir", i.dir, "--lang", "zh")
	if code != 1 || !strings.Contains(out, "版本 1.2.0 已撤回，不再安装") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if _, err := Unyank(t.Context(), st, "demo", "1.2.0", manage); err != nil {
		t.Fatal(err)
	}
	if code, out := i.run("--base", i.url, "--version", "1.2.0", "--dir", i.dir); code != 0 || i.installed() != "demo" {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestChangesRefuse(t *testing.T) {
	t.Parallel()
	st := three(t)
	mustYank(t, st, "demo", "1.1.0", "bad")
	put(t, st, "demo/2.0.0/a", "x") // half a version
	put(t, st, ClaimKey("demo", "2.1.0"), "{}")
	put(t, st, "demo/3.0.0/manifest.json", "{")
	put(t, st, "demo/3.0.0/.removing.json", "{}")
	if err := st.Delete(t.Context(), "demo/1.0.0/a"); err != nil {
		t.Fatal(err)
	}
	before := keys(t, st, "")
	yank := func(reason string) func(string, string) error {
		return func(p, v string) error { _, err := Yank(t.Context(), st, p, v, reason, manage); return err }
	}
	promote := func(p, v string) error { _, err := Promote(t.Context(), st, p, v, manage); return err }
	unyank := func(p, v string) error { _, err := Unyank(t.Context(), st, p, v, manage); return err }
	for _, tc := range []struct {
		do               func(string, string) error
		project, version string
		want             string
	}{
		{promote, "demo", "1.1.0", "the version is yanked: bad"},
		{promote, "demo", "1.0.0", "1 of its 2 files are missing or damaged"},
		{promote, "demo", "2.0.0", "it has no manifest"},
		{promote, "demo", "2.1.0", "it has no manifest"},
		{promote, "demo", "3.0.0", "gc is removing this version"},
		{promote, "demo", "1.2.00", "there is no such version"},
		{promote, "nothing", "1.0.0", "there is no such version"},
		{promote, "../demo", "1.0.0", "path separator"},
		{promote, "demo", "latest.json", "object of the store"},
		{yank("x"), "demo", "9.9.9", "there is no such version"},
		{yank("x"), "demo", "2.0.0", "it has no manifest"},
		{yank(" "), "demo", "1.2.0", "no reason is given"},
		{yank("a\nb"), "demo", "1.2.0", "line breaks"},
		{yank("a\x1b[31mb"), "demo", "1.2.0", "control characters"},
		{yank("a\u202eb"), "demo", "1.2.0", "control characters"},
		{yank(strings.Repeat("x", 501)), "demo", "1.2.0", "longer than 500 bytes"},
		{unyank, "demo", "9.9.9", "there is no such version"},
	} {
		err := tc.do(tc.project, tc.version)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s %s: %v, want %q", tc.project, tc.version, err, tc.want)
			continue
		}
		if zh := msg.In(err, msg.Chinese); zh == err.Error() || msg.Hint(err).IsZero() {
			t.Errorf("%v: Chinese %q, hint %v", err, zh, msg.Hint(err))
		}
	}
	if got := keys(t, st, ""); !slices.Equal(got, before) {
		t.Errorf("a refusal changed the store: %q", got)
	}
}

// Whatever call fails, readers see the old state or the new one, and the same
// command again completes it.
func TestEveryCallOfAChangeFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		prepare func(*file.Store)
		do      func(context.Context, store.Store) (*Change, error)
		want    string
	}{
		"promote": {func(*file.Store) {}, func(ctx context.Context, st store.Store) (*Change, error) {
			return Promote(ctx, st, "demo", "1.0.0", manage)
		}, "1.0.0"},
		"yank": {func(*file.Store) {}, func(ctx context.Context, st store.Store) (*Change, error) {
			return Yank(ctx, st, "demo", "1.1.0", "bad", manage)
		}, "1.0.0"},
		"yank the last": {func(st *file.Store) { mustYank(t, st, "demo", "1.0.0", "bad") }, func(ctx context.Context, st store.Store) (*Change, error) {
			return Yank(ctx, st, "demo", "1.1.0", "bad", manage)
		}, ""},
		"unyank": {func(st *file.Store) { mustYank(t, st, "demo", "1.0.0", "bad"); mustYank(t, st, "demo", "1.1.0", "bad") }, func(ctx context.Context, st store.Store) (*Change, error) {
			return Unyank(ctx, st, "demo", "1.0.0", manage)
		}, "1.0.0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs, failed := 0, 0
			model := newStore(t)
			mustPublish(t, model, newRelease("demo", "1.0.0", "a=1"))
			mustPublish(t, model, newRelease("demo", "1.1.0", "a=2"))
			tc.prepare(model)
			old := latestIn(t, model, "demo")
			storetest.FailSome(t, sample(7), func(t *testing.T, inject storetest.Inject) {
				st := copyOf(t, model)
				ctx, faulty, reached := inject(st)
				runs++
				_, err := tc.do(ctx, faulty)
				if err != nil {
					failed++
					if !reached() {
						t.Fatal(err)
					}
				}
				readable(t, st, "demo")
				if got := latestIn(t, st, "demo"); got != old && got != tc.want || err == nil && got != tc.want {
					t.Errorf("latest %q after %v; before it was %q", got, err, old)
				}
				if _, err := tc.do(t.Context(), st); err != nil {
					t.Fatal(err)
				}
				if got := latestIn(t, st, "demo"); got != tc.want {
					t.Errorf("done again, latest is %q", got)
				}
				settled(t, st, "demo")
			})
			if runs < 50/sample(7) || failed < 25/sample(7) {
				t.Errorf("only %d runs, %d of which failed", runs, failed)
			}
			t.Logf("%d runs, %d failed", runs, failed)
		})
	}
}

// Publishers, promotions, yanks and gc at the same time: nothing that was done is
// lost, and what is left is of one piece.
func TestEverybodyAtOnce(t *testing.T) {
	t.Parallel()
	for round := range 10 {
		st := newStore(t)
		for _, v := range []string{"1.0.0", "1.1.0", "1.2.0"} {
			mustPublish(t, st, newRelease("demo", v, "a="+v))
		}
		for i := range 4 {
			r := newRelease("demo", fmt.Sprintf("0.0.0-snap%d", i), "a=snap")
			r.Snapshot = true
			mustPublish(t, st, r)
		}
		var wg sync.WaitGroup
		for name, do := range map[string]func() error{
			"publish 1.0.1": func() error { _, err := newRelease("demo", "1.0.1", "a=1").publish(t.Context(), st); return err },
			"publish 1.1.1": func() error { _, err := newRelease("demo", "1.1.1", "a=1").publish(t.Context(), st); return err },
			"promote 1.0.0": func() error { _, err := Promote(t.Context(), st, "demo", "1.0.0", manage); return err },
			"yank 1.1.0":    func() error { _, err := Yank(t.Context(), st, "demo", "1.1.0", "bad", manage); return err },
			"gc": func() error {
				_, err := GC(t.Context(), st, GCOptions{ManageOptions: manage, KeepSnapshots: 1, OlderThan: -1})
				return err
			},
			"gc again": func() error {
				_, err := GC(t.Context(), st, GCOptions{ManageOptions: manage, KeepSnapshots: 1, OlderThan: -1})
				return err
			},
		} {
			wg.Go(func() {
				if err := do(); err != nil {
					t.Errorf("round %d: %s: %v", round, name, err)
				}
			})
		}
		wg.Wait()
		settled(t, st, "demo")
		if got := latestIn(t, st, "demo"); got != "1.0.0" {
			t.Errorf("round %d: the promotion was lost: latest is %s", round, got)
		}
		ix := indexIn(t, st, "demo")
		if e := ix.find("1.1.0"); e == nil || !e.Yanked {
			t.Errorf("round %d: the yank was lost", round)
		}
		if len(ix.Versions) != 6 || ix.find("0.0.0-snap3") == nil {
			t.Errorf("round %d: the index has %d versions", round, len(ix.Versions))
		}
	}
}

// Yanking what gc removes at the same time leaves nothing behind.
func TestYankOfWhatGoes(t *testing.T) {
	t.Parallel()
	for round := range 20 {
		st := newStore(t)
		mustPublish(t, st, newRelease("demo", "1.0.0", "a=1"))
		snap := newRelease("demo", "1.0.1-snap", "a=1", "b=1")
		snap.Snapshot = true
		mustPublish(t, st, snap)
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := Yank(t.Context(), st, "demo", "1.0.1-snap", "bad", manage); err != nil && !errors.Is(err, context.Canceled) && msg.Hint(err).IsZero() {
				t.Errorf("round %d: %v", round, err)
			}
		})
		wg.Go(func() {
			if _, err := GC(t.Context(), st, GCOptions{ManageOptions: manage, KeepSnapshots: -1, OlderThan: -1}); err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		})
		wg.Wait()
		if got := keys(t, st, "demo/1.0.1-snap"); len(got) > 0 {
			t.Errorf("round %d: left %q", round, got)
		}
		settled(t, st, "demo")
	}
}

// The public address outlives commands that do not know it.
func TestBaseURLIsRemembered(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	r := newRelease("demo", "1.0.0", "a=1")
	o := quick
	o.BaseURL = "https://dl.example.cn/tools"
	if _, err := Publish(t.Context(), st, r.Manifest, r.open, o); err != nil {
		t.Fatal(err)
	}
	mustPublish(t, st, newRelease("demo", "1.1.0", "a=1"))
	mustYank(t, st, "demo", "1.1.0", "bad")
	mustPromote(t, st, "demo", "1.0.0")
	if got := get(t, st, "demo/install.sh"); !strings.Contains(got, "default_base='https://dl.example.cn/tools/demo'") {
		t.Error("install.sh forgot its address")
	}
}

func FuzzTombstone(f *testing.F) {
	f.Add([]byte(`{"schema":1,"reason":"bad","by":"me"}`))
	f.Add([]byte(`{"reason":"a\nb\tc\u202e\u2028\u0000"}`))
	f.Add([]byte("\xff{"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := parseTombstone(b)
		for _, text := range []string{s.Reason, s.By} {
			if strings.ContainsAny(text, "\n\r\t\x00\x1b") || len(text) > maxReason || text != oneLine(text) {
				t.Errorf("%q", text)
			}
		}
		if s.Reason != "" && checkReason(strings.TrimSpace(s.Reason)) != nil && strings.TrimSpace(s.Reason) != "" {
			t.Errorf("%q would be refused", s.Reason)
		}
	})
}
