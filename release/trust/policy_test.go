package trust

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// policyText is a trust.yaml.
func policyText(serial, threshold int, keys ...*Key) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\nserial: %d\nthreshold: %d\nkeys:\n", serial, threshold)
	for _, k := range keys {
		fmt.Fprintf(&b, "  - key: |\n      %s\n", strings.ReplaceAll(strings.TrimSpace(k.Text()), "\n", "\n      "))
	}
	return b.String()
}

func TestParsePolicy(t *testing.T) {
	t.Parallel()
	mini, sm := newMini(t).Key(), newSM2(t).Key()
	full := policyText(3, 2, mini, sm) + "    holder: ben\n    not_after: 2027-12-31\nprojects: [demo]\nrequire: [minisign, sbom]\nrebuilders: 1\n"
	p, err := ParsePolicy("trust.yaml", []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	if p.Serial != 3 || p.Threshold != 2 || p.Rebuilders != 1 || len(p.Keys) != 2 || p.Keys[0].Holder != mini.ID() || p.Keys[1].Holder != "ben" ||
		!p.Keys[1].Key.Equal(sm) || !p.Requires(RequireSBOM) || p.Requires(RequireSM2) {
		t.Errorf("%+v", p)
	}
	if k := p.Keys[1]; k.expired(time.Date(2027, 12, 31, 23, 59, 59, 0, time.UTC)) || !k.expired(time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Error("the last day is not the last")
	}
	one := policyText(1, 1, mini)
	for name, text := range map[string]string{
		"version must be 1":                          strings.Replace(one, "version: 1", "version: 2", 1),
		"serial must be 1 or more":                   strings.Replace(one, "serial: 1", "serial: 0", 1),
		"it names no key":                            "version: 1\nserial: 1\nthreshold: 1\n",
		"threshold must be between 1":                policyText(1, 2, mini),
		"stands there twice":                         policyText(1, 1, mini, mini),
		"keys[0]: this is no public key of minisign": "version: 1\nserial: 1\nthreshold: 1\nkeys: [{key: nonsense}]\n",
		`"rebuild" is none of`:                       one + "require: [rebuild]\n",
		"not_after must be a day":                    one + "    not_after: soon\n",
		"rebuilders is less than 0":                  one + "rebuilders: -1\n",
		"treshold":                                   one + "treshold: 3\n",
	} {
		_, err := ParsePolicy("trust.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), name) || msg.In(err, msg.Chinese) == err.Error() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The keys change hand over hand: each file is accepted by the one before.
// Two organisations whose policies the same people sign: the file of one does not take
// the place of the other's.
func TestRotationKeepsTheName(t *testing.T) {
	t.Parallel()
	a := newMini(t)
	named := func(name string, serial int) []byte {
		text := policyText(serial, 1, a.Key())
		if name != "" {
			text = strings.Replace(text, "serial:", "name: "+name+"\nserial:", 1)
		}
		return []byte(text)
	}
	for what, tc := range map[string]struct{ have, next, want string }{
		"the same":              {"corp.example", "corp.example", ""},
		"of another":            {"corp.example", "other.example", `it is the policy of "other.example", not of "corp.example"`},
		"of nobody":             {"corp.example", "", `it does not say that it is the policy of "corp.example"`},
		"the first with a name": {"", "corp.example", ""},
		"without names":         {"", "", ""},
	} {
		p, err := ParsePolicy("1", named(tc.have, 1))
		if err != nil || p.Name != tc.have {
			t.Fatalf("%s: %+v %v", what, p, err)
		}
		next := named(tc.next, 2)
		sig, err := SignFile(t.Context(), a, "trust.yaml", next, map[string][]byte{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Next("trust.yaml", next, []Signature{sig}, day)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || msg.KindOf(err) != msg.Findings || msg.Hint(err).IsZero()) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, bad := range []string{`" "`, `"a\nb"`, `"` + strings.Repeat("x", 201) + `"`} {
		if _, err := ParsePolicy("1", named(bad, 1)); msg.KindOf(err) != msg.Usage {
			t.Errorf("name %s: %v", bad, err)
		}
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	a, b, c := newMini(t), newMini(t), newSM2(t)
	first, err := ParsePolicy("1", []byte(policyText(1, 2, a.Key(), b.Key(), c.Key())))
	if err != nil {
		t.Fatal(err)
	}
	d := newMini(t)
	next := []byte(policyText(2, 1, d.Key()))
	signed := func(data []byte, signers ...Signer) (out []Signature) {
		have := map[string][]byte{}
		for _, s := range signers {
			sig, err := SignFile(t.Context(), s, "trust.yaml", data, have)
			if err != nil {
				t.Fatal(err)
			}
			have[sig.Name] = sig.Data
			out = append(out, sig)
		}
		return out
	}
	second, err := first.Next("trust.yaml", next, signed(next, a, b), day)
	if err != nil || second.Serial != 2 {
		t.Fatal(err)
	}
	if _, err := first.Next("trust.yaml", next, signed(next, b, c), day); err != nil {
		t.Errorf("a minisign and an SM2 key: %v", err)
	}
	third := []byte(policyText(3, 1, a.Key()))
	if _, err := second.Next("trust.yaml", third, signed(third, d), day); err != nil {
		t.Errorf("the third: %v", err)
	}
	low := []byte(policyText(1, 1, d.Key()))
	changed := signed(next, a, b)
	changed[0].Data = append([]byte{}, changed[0].Data...)
	changed[0].Data[100] ^= 1
	for name, tc := range map[string]struct {
		data []byte
		sigs []Signature
		want string
	}{
		"nobody signed":       {next, nil, "no trusted key has signed it"},
		"one of two":          {next, signed(next, a), "1 of the 2"},
		"twice by one":        {next, append(signed(next, a), signed(next, a)...), "1 of the 2"},
		"by the new key":      {next, signed(next, d), "no trusted key"},
		"a changed signature": {next, changed, "trust.yaml.minisig"},
		"an old serial":       {low, signed(low, a, b), "its serial 1 is not above the present 1"},
		"other bytes":         {third, signed(next, a, b), "does not fit"},
	} {
		if _, err := first.Next("trust.yaml", tc.data, tc.sigs, day); err == nil || !strings.Contains(err.Error(), tc.want) || msg.KindOf(err) != msg.Findings {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(policyText(1, 1, newMini(f).Key())))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePolicy("trust.yaml", data)
		if err == nil && (len(p.Keys) == 0 || p.Threshold < 1 || p.Enough(nil) == nil) {
			t.Errorf("a policy that everybody meets: %q", data)
		}
	})
}

// Whoever has a minisign key can write any id into it: it stays one key.
func TestOneKeyUnderTwoIDs(t *testing.T) {
	t.Parallel()
	key := newMini(t).Key()
	raw, err := base64.StdEncoding.DecodeString(key.Line())
	if err != nil {
		t.Fatal(err)
	}
	raw[2] ^= 1
	line := base64.StdEncoding.EncodeToString(raw)
	twin, err := ParseKey([]byte(line))
	if err != nil || twin.ID() == key.ID() || !twin.Equal(key) {
		t.Fatalf("%v %v", twin, err)
	}
	text := "version: 1\nserial: 1\nthreshold: 2\nkeys:\n  - {holder: ann, key: " + key.Line() + "}\n  - {holder: ben, key: " + line + "}\n"
	if _, err := ParsePolicy("trust.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("one key for two holders: %v", err)
	}
	if p := OfKeys(key, twin, key); p.Threshold != 1 || len(p.Keys) != 1 {
		t.Errorf("%+v", p)
	}
	other := newSM2(t).Key()
	if p := OfKeys(key, other); p.Threshold != 2 || key.Equal(other) || !other.Equal(other) {
		t.Errorf("%+v", p)
	}
}

// What an editor on Windows puts before and after the lines is no part of a key.
func TestKeysFromWindows(t *testing.T) {
	t.Parallel()
	windows := func(text string) []byte {
		return []byte("\xef\xbb\xbf" + strings.ReplaceAll(text, "\n", "\r\n"))
	}
	for _, k := range []*Key{newMini(t).Key(), newSM2(t).Key()} {
		if got, err := ParseKey(windows(k.Text())); err != nil || !got.Equal(k) {
			t.Errorf("%s: %v", k.Kind(), err)
		}
	}
	mini, public, err := NewMinisign("")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := ParseMinisign("k", windows(string(mini)), nil); err != nil || !s.Key().Equal(public) {
		t.Error(err)
	}
	sm, public, err := NewSM2("")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := ParseSM2("k", windows(string(sm)), nil); err != nil || !s.Key().Equal(public) || !IsPEM(windows(string(sm))) {
		t.Error(err)
	}
}

// A key that has ended does not count, and does not spoil what others signed.
func TestAnEndedKeyBesideOthers(t *testing.T) {
	t.Parallel()
	ann, ben := newMini(t), newMini(t)
	s, m := release(t, "1.0.0", 7)
	s.sign(t, m, ann, ben)
	p := &Policy{Serial: 1, Threshold: 1, Keys: []Trusted{{Key: ann.Key(), Holder: "ann", NotAfter: day.AddDate(0, 0, -1)}, {Key: ben.Key(), Holder: "ben"}}}
	if bad := failures(s.check(t, Options{Policy: p, Now: day})); len(bad) > 0 {
		t.Errorf("one of two: %v", bad)
	}
	p.Threshold = 2
	if bad := fmt.Sprint(failures(s.check(t, Options{Policy: p, Now: day}))); !strings.Contains(bad, "counts until") {
		t.Errorf("two of two: %v", bad)
	}
	p.Threshold = 1
	next := []byte("version: 1\nserial: 2\nthreshold: 1\nkeys:\n  - key: " + ben.Key().Line() + "\n")
	var sigs []Signature
	for _, k := range []Signer{ann, ben} {
		sig, err := SignFile(t.Context(), k, "trust.yaml", next, nil)
		if err != nil {
			t.Fatal(err)
		}
		sigs = append(sigs, sig)
	}
	if _, err := p.Next("trust.yaml", next, sigs, day); err != nil {
		t.Error(err)
	}
	if _, err := p.Next("trust.yaml", next, sigs[:1], day); err == nil {
		t.Error("accepted by a key that has ended")
	}
}

// Two SM2 keys sign, and a reader has one of them: the other's is a stranger's, and what
// was changed is still told.
func TestOneOfTwoSM2Keys(t *testing.T) {
	t.Parallel()
	ann, ben := newSM2(t), newSM2(t)
	s, m := release(t, "1.0.0", 7)
	s.sign(t, m, ann, ben)
	further := SignatureName(manifest.FileName, SM2, ben.Key().ID())
	for name, keys := range map[string][]*Key{"ann": {ann.Key()}, "ben": {ben.Key()}, "both": {ann.Key(), ben.Key()}} {
		if bad := failures(s.check(t, Options{Policy: OfKeys(keys...), Now: day})); len(bad) > 0 {
			t.Errorf("%s: %v", name, bad)
		}
	}
	any1 := &Policy{Threshold: 1, Keys: []Trusted{{Key: ann.Key(), Holder: "ann"}, {Key: ben.Key(), Holder: "ben"}}}
	for _, tc := range []struct {
		file string
		p    *Policy
	}{
		{"manifest.json.sm2sig", OfKeys(ann.Key())},
		{further, OfKeys(ben.Key())},
		{"manifest.json.sm2sig", any1},
		{further, any1},
	} {
		own := s.clone()
		own[tc.file][20] ^= 1
		if bad := fmt.Sprint(failures(own.check(t, Options{Policy: tc.p, Now: day}))); !strings.Contains(bad, tc.file) {
			t.Errorf("%s changed: %s", tc.file, bad)
		}
	}
	if bad := failures(s.check(t, Options{Policy: OfKeys(newSM2(t).Key()), Now: day})); len(bad) == 0 {
		t.Error("a stranger's key")
	}
}
