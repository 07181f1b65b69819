package publish

import (
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
)

func mustList(t *testing.T, st store.Store, project string) *Listing {
	t.Helper()
	l, err := List(t.Context(), st, project, manage)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestList(t *testing.T) {
	t.Parallel()
	st := collectable(t)
	mustYank(t, st, "demo", "0.9.0", "bad")
	mustPromote(t, st, "demo", "nightly")
	mustPublish(t, st, newRelease("other", "1.0.0", "a=1"))
	put(t, st, ClaimKey("claimed-only", "1.0.0"), string(encode(Claim{Schema: 1, By: "runner\x1b[31m-9", Since: time.Now()})))
	l := mustList(t, st, "")
	var names []string
	for _, p := range l.Projects {
		names = append(names, p.Project)
	}
	if got := strings.Join(names, " "); got != "claimed-only demo other" {
		t.Fatalf("projects %s: a folder of somebody else is none", got)
	}
	p := l.Projects[1]
	if p.Latest != "nightly" || p.Over != "1.0.0" || !p.Fresh || len(p.Warnings) > 0 {
		t.Errorf("%s", encode(p))
	}
	var rows []string
	for _, v := range p.Versions {
		row := v.Version
		for word, is := range map[string]bool{"latest": v.Latest, "promoted": v.Promoted, "yanked": v.Yanked, "snapshot": v.Snapshot, "prerelease": v.Prerelease} {
			if is {
				row += " " + word
			}
		}
		if v.Files != 2 || v.Missing != 0 || v.Size != int64(2*len(v.Version)) || v.Published.IsZero() {
			t.Errorf("%+v", v)
		}
		rows = append(rows, row)
	}
	got := "\n" + strings.Join(rows, "\n") + "\n"
	for _, want := range []string{"\n1.0.0\n", "\n1.1.0-rc.90 prerelease\n", "\n1.0.1-snap.2 snapshot\n", "\n0.9.0 yanked\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no line %q in%s", want, got)
		}
	}
	if !strings.Contains(got, "\nnightly latest promoted\n") && !strings.Contains(got, "\nnightly promoted latest\n") || len(rows) != 9 {
		t.Errorf("versions%s", got)
	}
	var unfinished []string
	for _, u := range p.Unfinished {
		unfinished = append(unfinished, u.Version+" "+u.By)
		if u.Files != 1 || u.Size == 0 || u.Newest.IsZero() {
			t.Errorf("%+v", u)
		}
	}
	if got := strings.Join(unfinished, ", "); got != "2.0.0 runner-7, 2.1.0 runner-8, docs " {
		t.Errorf("unfinished: %s", got)
	}
	if u := l.Projects[0].Unfinished; len(u) != 1 || u[0].By != "runner[31m-9" || u[0].Files != 0 {
		t.Errorf("a claim alone: %+v", u)
	}
	if one := mustList(t, st, "other"); len(one.Projects) != 1 || one.Projects[0].Project != "other" {
		t.Errorf("%s", encode(one))
	}
}

// A fresh index is believed; what it lacks is read from the manifests.
func TestListReadsLittle(t *testing.T) {
	t.Parallel()
	st := three(t)
	rec := storetest.Record(st)
	want := encode(mustList(t, rec, ""))
	if calls := rec.Calls(); len(calls) != 3 { // list, index, latest
		t.Errorf("%v", calls)
	}
	put(t, st, "demo/index.json", "{")
	rec.Reset()
	got := mustList(t, rec, "")
	if got.Projects[0].Fresh || len(got.Projects[0].Versions) != 3 || len(rec.Calls(store.OpGet)) != 5 || len(got.Projects[0].Warnings) != 1 {
		t.Errorf("%s\n%v", encode(got), rec.Calls())
	}
	mustPublish(t, st, newRelease("demo", "1.0.0", "a=1.0.0", "b=b"))
	if again := encode(mustList(t, st, "")); len(again) != len(want) {
		t.Errorf("%s\nwant %s", again, want)
	}
	if err := st.Delete(t.Context(), "demo/1.0.0/b"); err != nil {
		t.Fatal(err)
	}
	for _, v := range mustList(t, st, "").Projects[0].Versions {
		if (v.Missing == 1) != (v.Version == "1.0.0") {
			t.Errorf("%+v", v)
		}
	}
}

func TestListRefuses(t *testing.T) {
	t.Parallel()
	st := three(t)
	for name, want := range map[string]string{"other": "there is no project other", "..": "contains ..", "dem": "there is no project dem"} {
		_, err := List(t.Context(), st, name, manage)
		if err == nil || !strings.Contains(err.Error(), want) || msg.Hint(err).IsZero() || msg.In(err, msg.Chinese) == err.Error() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if l := mustList(t, newStore(t), ""); len(l.Projects) != 0 || !strings.Contains(string(encode(l)), `"projects": []`) {
		t.Errorf("%s", encode(l))
	}
	f := storetest.Faulty(st, storetest.Fault{N: 2, Err: store.ErrDenied})
	if _, err := List(t.Context(), f, "", manage); store.ClassOf(err) != store.ErrDenied {
		t.Errorf("%v", err)
	}
}
