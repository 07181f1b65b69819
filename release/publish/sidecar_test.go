package publish

import (
	"errors"
	"slices"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

func TestSidecars(t *testing.T) {
	t.Parallel()
	bare := newStore(t)
	r := newRelease("demo", "1.0.0", "a=1")
	r.sidecars = []Sidecar{{"manifest.json.minisig", []byte("signed\n")}, {manifest.SM3SumsName, []byte("sums\n")}}
	rec := storetest.Record(bare)
	mustPublish(t, rec, r)
	var puts []string
	for _, c := range rec.Calls(store.OpPut) {
		puts = append(puts, c.Key)
	}
	order := func(name string) int { return slices.Index(puts, name) }
	if m, s, i := order("demo/1.0.0/manifest.json"), order("demo/1.0.0/SM3SUMS"), order("demo/index.json"); m < 0 || s < m || i < s {
		t.Errorf("written in the order %q", puts)
	}
	if got := indexIn(t, bare, "demo").Versions[0].Sidecars; !slices.Equal(got, []string{"SM3SUMS", "manifest.json.minisig"}) {
		t.Errorf("the index lists %q", got)
	}
	mustVerify(t, bare, VerifyOptions{}) // and finds nothing unlisted

	// Again, with a signature that is another each time: nothing is sent.
	r.sidecars[0].Data = []byte("signed again\n")
	rec = storetest.Record(bare)
	mustPublish(t, rec, r)
	if calls := rec.Calls(store.OpPut, store.OpBegin); len(calls) > 0 || len(rec.Calls()) > 4 {
		t.Errorf("an unchanged version was written to: %v", rec.Calls())
	}
	if got := get(t, bare, "demo/1.0.0/manifest.json.minisig"); got != "signed\n" {
		t.Errorf("the signature is now %q", got)
	}

	// One that got lost comes back.
	if err := bare.Delete(t.Context(), "demo/1.0.0/SM3SUMS"); err != nil {
		t.Fatal(err)
	}
	mustPublish(t, bare, r)
	if got := get(t, bare, "demo/1.0.0/SM3SUMS"); got != "sums\n" {
		t.Errorf("the sums are now %q", got)
	}
}

// Who publishes the same artifacts with a manifest that tells other facts must not
// add signatures of its own manifest to somebody else's.
func TestSidecarsOfAnotherManifest(t *testing.T) {
	t.Parallel()
	bare := newStore(t)
	mustPublish(t, bare, newRelease("demo", "1.0.0", "a=1"))
	r := newRelease("demo", "1.0.0", "a=1")
	r.Artifacts[0].ReproducedBy = []string{"one", "two"}
	r.sidecars = []Sidecar{{"manifest.json.minisig", []byte("of the other\n")}}
	res := mustPublish(t, bare, r)
	if len(res.Warnings) != 1 || len(keys(t, bare, "demo/1.0.0/manifest.json.")) > 0 {
		t.Errorf("warnings %v, there are %q", res.Warnings, keys(t, bare, "demo/1.0.0/"))
	}
}

func TestAttach(t *testing.T) {
	t.Parallel()
	bare := newStore(t)
	mustPublish(t, bare, newRelease("demo", "1.0.0", "a=1"))
	second := []Sidecar{{"manifest.json.ABCD.minisig", []byte("second\n")}}
	for _, already := range []bool{false, true} {
		res, err := Attach(t.Context(), bare, "demo", "1.0.0", second, ManageOptions{})
		if err != nil || res.Already != already {
			t.Fatalf("already %v: %+v, %v", already, res, err)
		}
	}
	if got := indexIn(t, bare, "demo").Versions[0].Sidecars; !slices.Equal(got, []string{"manifest.json.ABCD.minisig"}) {
		t.Errorf("the index lists %q", got)
	}
	mustVerify(t, bare, VerifyOptions{})
	second[0].Data = []byte("other\n")
	if _, err := Attach(t.Context(), bare, "demo", "1.0.0", second, ManageOptions{}); !errors.Is(err, store.ErrExists) {
		t.Errorf("replaced: %v", err)
	}
	for _, bad := range [][]Sidecar{{{"a.tar.gz", nil}}, {{"../x.minisig", nil}}, {{".minisig", nil}}, {{"x.minisig", make([]byte, maxSidecar+1)}}, {{"x.minisig", nil}, {"x.minisig", nil}}} {
		if _, err := Attach(t.Context(), bare, "demo", "1.0.0", bad, ManageOptions{}); err == nil || errors.Is(err, store.ErrExists) {
			t.Errorf("%s: %v", bad[0].Name, err)
		}
	}
	if _, err := Attach(t.Context(), bare, "demo", "9.9.9", second, ManageOptions{}); err == nil {
		t.Error("attached to a version that is not there")
	}
	if _, err := newRelease("demo", "2.0.0", "x.minisig=1").publish(t.Context(), bare); msg.KindOf(err) != msg.Usage {
		t.Errorf("an artifact with a signature's name: %v", err)
	}
}
