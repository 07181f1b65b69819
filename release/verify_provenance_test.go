package release

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
	"github.com/yingzao-dev/yingzao/release/publish"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// A release that is signed says how it was made, and verify holds every word of that
// against it.
func TestVerifyHoldsAttestationsAgainstTheRelease(t *testing.T) {
	secret, public, err := trust.NewMinisign("")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := Keys{Environ: []string{SignKeyVariable + "=" + strings.Split(string(secret), "\n")[1]}}.Signers()
	if err != nil {
		t.Fatal(err)
	}
	otherSecret, other, err := trust.NewMinisign("")
	if err != nil {
		t.Fatal(err)
	}
	rebuilder, err := trust.ParseMinisign("other", otherSecret, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, dist := copyOfBuilt(t)
	m, err := ReadDist(t.Context(), dist)
	if err != nil {
		t.Fatal(err)
	}
	names, err := SignDist(t.Context(), dist, m, keys, false)
	if err != nil || !slices.Contains(names, manifest.ProvenanceName) {
		t.Fatalf("%q %v", names, err)
	}
	if again, err := SignDist(t.Context(), dist, m, keys, false); err != nil || len(again) > 0 {
		t.Errorf("signed again: %q %v", again, err)
	}
	sum, err := manifestSum(m)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, a := range m.Artifacts {
		all = append(all, a.Name)
	}
	s, err := provenance.NewRebuild(m, all, provenance.Rebuild{Project: m.Project, Version: m.Version, Manifest: sum, Plan: m.Plan, Cache: "fresh"})
	if err != nil {
		t.Fatal(err)
	}
	attested, err := provenance.Seal(s, provenance.By(t.Context(), other.ID(), rebuilder))
	if err != nil {
		t.Fatal(err)
	}
	sidecars, err := Sidecars(dist, m)
	if err != nil {
		t.Fatal(err)
	}
	rebuilt := provenance.RebuildName(other.ID())
	sidecars = append(sidecars, publish.Sidecar{Name: rebuilt, Data: attested})
	both := &trust.Policy{Threshold: 1, Rebuilders: 1, Require: []trust.Requirement{trust.RequireProvenance},
		Keys: []trust.Trusted{{Key: public, Holder: "maker"}, {Key: other, Holder: "bank"}}}
	alone := *both
	alone.Keys = slices.Clone(both.Keys)
	alone.Keys[1].Holder = "maker" // another key of the same holder is no second party
	flip := func(b []byte) []byte {
		b = bytes.Clone(b)
		at := bytes.Index(b, []byte(`"payload":"`)) + 400
		if b[at] == 'A' {
			b[at] = 'B'
		} else {
			b[at] = 'A'
		}
		return b
	}
	for _, tc := range []struct {
		name   string
		file   string // that is changed
		change func([]byte) []byte
		policy *trust.Policy
		code   string // "" = it passes
	}{
		{"as published", "", nil, both, ""},
		{"nobody is trusted", "", nil, nil, ""},
		{"one key alone", "", nil, trust.OfKeys(public), ""},
		{"the second party is the first", "", nil, &alone, CodeRebuilders},
		{"provenance flipped", manifest.ProvenanceName, flip, both, CodeProvenance},
		{"provenance gone", manifest.ProvenanceName, func([]byte) []byte { return nil }, both, trust.CodePolicy},
		{"attestation flipped", rebuilt, flip, both, CodeRebuilders},
		{"attestation cut", rebuilt, func(b []byte) []byte { return b[:50] }, both, CodeRebuilt},
		{"plan changed", manifest.PlanName, func(b []byte) []byte { return bytes.Replace(b, []byte("-trimpath"), []byte("-trimpatH"), 1) }, both, CodePlan},
		{"provenance flipped and nobody trusted", manifest.ProvenanceName, func(b []byte) []byte { return b[:50] }, nil, CodeProvenance},
	} {
		root := t.TempDir()
		st, err := file.New(root)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := publish.Publish(t.Context(), st, m, FilesIn(dist), publish.Options{Sidecars: sidecars}); err != nil {
			t.Fatal(err)
		}
		if tc.file != "" {
			path := filepath.Join(root, m.Project, m.Version, tc.file)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if b = tc.change(b); b == nil {
				err = os.Remove(path)
			} else {
				err = os.WriteFile(path, b, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		r, err := Verify(t.Context(), st, VerifyOptions{Trust: trust.Options{Policy: tc.policy}})
		if r == nil {
			t.Fatal(err)
		}
		var wrong []publish.Finding
		for _, f := range r.Projects[0].Findings {
			if f.Severity == "error" {
				wrong = append(wrong, f)
			}
		}
		if tc.code == "" {
			if err != nil {
				t.Errorf("%s: %v %+v", tc.name, err, wrong)
			}
			continue
		}
		if msg.KindOf(err) != msg.Findings || !slices.ContainsFunc(wrong, func(f publish.Finding) bool {
			return f.Code == tc.code && (tc.file == "" || tc.code == CodeRebuilders || strings.HasSuffix(f.Subject, "/"+tc.file)) && f.Text.In(msg.Chinese) != f.Text.EN
		}) {
			t.Errorf("%s: %v %+v, want %s", tc.name, err, wrong, tc.code)
		}
	}
}
