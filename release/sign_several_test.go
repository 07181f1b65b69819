package release

import (
	"encoding/json"
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

// envelope is provenance.intoto.json of a dist folder, or another such file.
func envelope(t *testing.T, path string) (e provenance.Envelope) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &e)
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// someSigners are a minisign key and two SM2 keys.
func someSigners(t *testing.T) (mini, sm, token trust.Signer) {
	t.Helper()
	secret, _, err := trust.NewMinisign("")
	if err != nil {
		t.Fatal(err)
	}
	if mini, err = trust.ParseMinisign("mini", secret, nil); err != nil {
		t.Fatal(err)
	}
	for _, to := range []*trust.Signer{&sm, &token} {
		if secret, _, err = trust.NewSM2(""); err != nil {
			t.Fatal(err)
		}
		if *to, err = trust.ParseSM2("sm2", secret, nil); err != nil {
			t.Fatal(err)
		}
	}
	return mini, sm, token
}

// Every signer of a release signs how it was made; the policy counts holders there as
// it does for the manifest, and a further one is added where it is published.
func TestProvenanceBySeveralSigners(t *testing.T) {
	mini, sm, late := someSigners(t)
	_, dist := copyOfBuilt(t)
	m, err := ReadDist(t.Context(), dist)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := SignDist(t.Context(), dist, m, []trust.Signer{mini}, false); err != nil {
		t.Fatal(err)
	}
	alone := envelope(t, filepath.Join(dist, manifest.ProvenanceName))
	names, err := SignDist(t.Context(), dist, m, []trust.Signer{mini, sm}, false)
	if err != nil || !slices.Contains(names, manifest.ProvenanceName) {
		t.Fatalf("%q %v", names, err)
	}
	both := envelope(t, filepath.Join(dist, manifest.ProvenanceName))
	if len(both.Signatures) != 2 || both.Signatures[0].KeyID != mini.Key().ID() || both.Signatures[1].KeyID != sm.Key().ID() || string(both.Payload) != string(alone.Payload) {
		t.Fatalf("%+v", both.Signatures)
	}
	if again, err := SignDist(t.Context(), dist, m, []trust.Signer{mini, sm}, false); err != nil || len(again) > 0 {
		t.Errorf("again: %q %v", again, err)
	}
	root := t.TempDir()
	st, err := file.New(root)
	if err != nil {
		t.Fatal(err)
	}
	sidecars, err := Sidecars(dist, m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := publish.Publish(t.Context(), st, m, FilesIn(dist), publish.Options{Sidecars: sidecars}); err != nil {
		t.Fatal(err)
	}
	policy := func(threshold int, signers ...trust.Signer) *trust.Policy {
		keys := make([]*trust.Key, 0, len(signers))
		for _, s := range signers {
			keys = append(keys, s.Key())
		}
		p := trust.OfKeys(keys...)
		p.Threshold, p.Require = threshold, []trust.Requirement{trust.RequireProvenance}
		return p
	}
	verify := func(what string, p *trust.Policy, want string) {
		t.Helper()
		r, err := Verify(t.Context(), st, VerifyOptions{Trust: trust.Options{Policy: p}})
		if want == "" && err != nil || want != "" && (msg.KindOf(err) != msg.Findings || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", what, err)
		}
		if want == "" && !slices.ContainsFunc(r.Projects[0].Findings, func(f publish.Finding) bool { return f.Code == CodeAttested }) {
			t.Errorf("%s: nothing says so", what)
		}
	}
	verify("one of two", policy(1, mini, sm), "")
	verify("SM2 alone", policy(1, sm), "")
	verify("two of two", policy(2, mini, sm), "")
	added, err := SignPublished(t.Context(), st, m.Project, m.Version, []trust.Signer{late})
	further := provenance.FurtherName(late.Key().ID())
	if err != nil || !slices.Contains(added, further) {
		t.Fatalf("%q %v", added, err)
	}
	if added, err := SignPublished(t.Context(), st, m.Project, m.Version, []trust.Signer{late, mini}); err != nil || len(added) > 0 {
		t.Errorf("again: %q %v", added, err)
	}
	verify("three of three", policy(3, mini, sm, late), "")
	verify("two, the late one too", policy(2, mini, late), "")

	// One that is missing, changed, or of another statement.
	path := filepath.Join(root, m.Project, m.Version, further)
	keep := envelope(t, path)
	write := func(path string, e provenance.Envelope) {
		b, err := json.Marshal(e)
		if err == nil {
			err = os.WriteFile(path, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	verify("one is gone", policy(2, mini, late), "1 of the 2 signatures that the policy asks for are on it")
	changed := keep
	changed.Payload = append(slices.Clone(keep.Payload), ' ')
	write(path, changed)
	verify("changed", policy(2, mini, late), further+": the signature by the key "+late.Key().ID()+" does not hold")
	statement, err := provenance.Parse(keep.Payload)
	if err != nil {
		t.Fatal(err)
	}
	statement.Predicate = []byte(strings.Replace(string(statement.Predicate), "/builder/", "/bilder/", 1))
	other, err := provenance.Seal(statement, provenance.By(t.Context(), late.Key().ID(), late))
	if err == nil {
		err = os.WriteFile(path, other, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	verify("another statement", policy(2, mini, late), further+": it is not the statement of "+manifest.ProvenanceName)
	write(path, keep)
	main := filepath.Join(root, m.Project, m.Version, manifest.ProvenanceName)
	broken := both
	broken.Signatures = slices.Clone(both.Signatures)
	broken.Signatures[1].Sig = broken.Signatures[0].Sig
	write(main, broken)
	verify("one of several is bad", policy(1, mini, sm), "the signature by the key "+sm.Key().ID()+" does not hold")
	verify("a bad one of a stranger", policy(1, mini), "")

	// Files of before had one signature.
	write(main, alone)
	verify("one signature", policy(1, mini), "")
}

// A command signs the provenance too, and what does not hold is never published.
func TestProvenanceByCommand(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no /bin/sh")
	}
	mini, other, token := someSigners(t)
	_, dist := copyOfBuilt(t)
	m, err := ReadDist(t.Context(), dist)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dist, statementFile))
	if err != nil {
		t.Fatal(err)
	}
	statement, err := provenance.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := statement.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	sig, err := token.SignRaw(t.Context(), "", provenance.PAE(provenance.PayloadType, payload))
	if err != nil {
		t.Fatal(err)
	}
	ready := filepath.Join(t.TempDir(), "sig")
	if err := os.WriteFile(ready, sig, 0o600); err != nil {
		t.Fatal(err)
	}
	command := trust.Command{Args: []string{"/bin/sh", "-c", `cat >/dev/null; test "$YINGZAO_SIGN_FILE" = provenance.intoto.json && cat ` + ready}, Environ: []string{"PATH=" + os.Getenv("PATH")}}
	for _, tc := range []struct {
		name string
		key  *trust.Key
		ids  []string
		want string
	}{
		{"its key", token.Key(), []string{mini.Key().ID(), token.Key().ID()}, ""},
		{"another's key", other.Key(), nil, "does not hold by the public key " + other.Key().ID()},
	} {
		c := command
		c.Public = tc.key
		s := &signing{keys: []trust.Signer{mini, &c}}
		_, err := s.attest(t.Context(), m, dist, nil)
		if tc.want != "" {
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: %v", tc.name, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		path := filepath.Join(dist, manifest.ProvenanceName)
		var ids []string
		for _, x := range envelope(t, path).Signatures {
			ids = append(ids, x.KeyID)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, by, err := provenance.Open(data, []provenance.Verifier{mini.Key(), token.Key()}); err != nil || len(by) != 2 || !slices.Equal(ids, tc.ids) {
			t.Errorf("%s: %q, by %q: %v", tc.name, ids, by, err)
		}
		names, err := s.attest(t.Context(), m, dist, data)
		if err != nil || len(names) > 0 {
			t.Errorf("%s, again: %q %v", tc.name, names, err)
		}
	}
}
