package publish

import (
	"strings"
	"testing"
	"time"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	// Versions are published in the order written; "~" marks a snapshot, "!" a
	// yanked version.
	index := func(versions string) *Index {
		ix := &Index{Schema: 1, Project: "demo"}
		for i, v := range strings.Fields(versions) {
			e := Entry{Version: strings.Trim(v, "~!"), Published: at.Add(time.Duration(i) * time.Hour), Sequence: i + 1,
				Snapshot: strings.HasPrefix(v, "~"), Yanked: strings.HasSuffix(v, "!")}
			ix.Versions = append([]Entry{e}, ix.Versions...)
		}
		return ix
	}
	for _, tc := range []struct{ versions, held, over, want, wantOver string }{
		{versions: "", want: ""},
		{versions: "1.0.0", want: "1.0.0"},
		{versions: "1.0.0 1.1.0", want: "1.1.0"},
		{versions: "1.9.0 1.10.0", want: "1.10.0"},
		{versions: "2.0.0 1.9.1", want: "2.0.0"},
		{versions: "1.0.0 2.0.0-rc.1", want: "1.0.0"},
		{versions: "1.0.0-rc.1 1.0.0-rc.2", want: "1.0.0-rc.2"},
		{versions: "2.0.0-rc.1 1.0.0", want: "1.0.0"},
		{versions: "1.0.0 ~9.0.0", want: "1.0.0"},
		{versions: "~0.0.0-b ~0.0.0-a", want: "0.0.0-a"},
		{versions: "nightly 0.1.0-rc.1", want: "0.1.0-rc.1"},
		{versions: "nightly-2 nightly-1", want: "nightly-1"},
		{versions: "~1 nightly", want: "nightly"},
		{versions: "1.0.0 1.1.0!", want: "1.0.0"},
		{versions: "1.0.0!", want: ""},
		{versions: "1.0.0 1.1.0 1.0.1", held: "1.0.1", over: "1.1.0", want: "1.0.1", wantOver: "1.1.0"},
		{versions: "1.0.0 1.1.0 1.0.1 1.0.2", held: "1.0.1", over: "1.1.0", want: "1.0.1", wantOver: "1.1.0"},
		{versions: "1.0.0 1.1.0 1.0.1 1.2.0", held: "1.0.1", over: "1.1.0", want: "1.2.0"},
		{versions: "1.0.0 1.1.0 1.0.1!", held: "1.0.1", over: "1.1.0", want: "1.1.0"},
		{versions: "1.0.0 2.0.0!", held: "2.0.0", over: "1.0.0", want: "1.0.0"},
		{versions: "1.0.0 1.1.0!", held: "1.0.0", over: "1.1.0", want: "1.0.0", wantOver: "1.1.0"},
		{versions: "1.0.0 1.1.0! 1.0.1", held: "1.0.0", over: "1.1.0", want: "1.0.0", wantOver: "1.1.0"},
		{versions: "1.0.0 1.1.0 2.0.0!", held: "1.0.0", over: "1.1.0", want: "1.0.0", wantOver: "1.1.0"},
		{versions: "1.0.0 1.1.0", held: "0.9.0", over: "1.1.0", want: "1.1.0"},
		{versions: "1.0.0 1.1.0", held: "1.0.0", over: "1.2.0", want: "1.1.0"},
	} {
		var pin *Promotion
		if tc.over != "" {
			pin = &Promotion{Version: tc.held, Over: tc.over}
		}
		got := choose(index(tc.versions), pin)
		version, over := "", ""
		if got != nil {
			version, over = got.Version, got.Over
		}
		if version != tc.want || over != tc.wantOver {
			t.Errorf("%+v: got %q over %q", tc, version, over)
		}
	}
}

func TestLatestNeverMovesBack(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	for _, step := range []struct{ version, latest string }{
		{"1.0.0", "1.0.0"}, {"1.1.0", "1.1.0"}, {"1.0.1", "1.1.0"}, {"2.0.0-rc.1", "1.1.0"}, {"2.0.0", "2.0.0"},
	} {
		res := mustPublish(t, st, newRelease("demo", step.version, "a="+step.version))
		if got := latestIn(t, st, "demo"); got != step.latest || res.Latest != got {
			t.Errorf("after %s latest is %s (result says %s), want %s", step.version, got, res.Latest, step.latest)
		}
		if said := len(res.Warnings) == 1; said != (step.version != step.latest) {
			t.Errorf("after %s: warnings %v", step.version, res.Warnings)
		}
		mustVerify(t, st, VerifyOptions{})
	}
	r := newRelease("demo", "1.0.1", "a=1.0.1")
	o := quick
	o.ForceLatest = true
	if _, err := Publish(t.Context(), st, r.Manifest, r.open, o); err != nil {
		t.Fatal(err)
	}
	if got := latestIn(t, st, "demo"); got != "1.0.1" {
		t.Errorf("forced, but latest is %s", got)
	}
	mustVerify(t, st, VerifyOptions{})
	mustPublish(t, st, newRelease("demo", "1.0.2", "a=1.0.2"))
	if got := latestIn(t, st, "demo"); got != "1.0.1" {
		t.Errorf("what was chosen by hand gave way to %s", got)
	}
	mustPublish(t, st, newRelease("demo", "2.0.1", "a=2.0.1"))
	if got := latestIn(t, st, "demo"); got != "2.0.1" {
		t.Errorf("latest stuck at %s", got)
	}
}

// Yanked versions stay so in an index that is made anew.
func TestIndexKeepsWhatItKnows(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	mustPublish(t, st, newRelease("demo", "1.0.0", "a=1"))
	mustPublish(t, st, newRelease("demo", "1.1.0", "a=2"))
	mustYank(t, st, "demo", "1.1.0", "it is broken")
	put(t, st, "demo/index.json", "{")
	mustPublish(t, st, newRelease("demo", "1.0.1", "a=3"))
	if e := indexIn(t, st, "demo").find("1.1.0"); e == nil || !e.Yanked || e.YankReason != "it is broken" {
		t.Errorf("the yanked entry is %+v", e)
	}
	if got := latestIn(t, st, "demo"); got != "1.0.1" {
		t.Errorf("latest %s, though 1.1.0 is yanked", got)
	}
	// A damaged index, or one with senseless entries, is made anew.
	for _, damage := range []string{"{", `{"versions":[{"version":"1.0.0","sequence":1}]}`, `{"versions":[{"version":"1.0.0","sequence":1,"manifest_sha256":"` + strings.Repeat("a", 64) + `","files":[{"name":"../x"}]}]}`} {
		put(t, st, "demo/index.json", damage)
		mustPublish(t, st, newRelease("demo", "1.0.1", "a=3"))
		if got := len(indexIn(t, st, "demo").Versions); got != 3 {
			t.Errorf("%s: %d versions", damage, got)
		}
		mustVerify(t, st, VerifyOptions{Project: "demo", Version: "1.0.1"})
	}
}
