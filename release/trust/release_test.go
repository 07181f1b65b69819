package trust

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/release/manifest"
)

func TestSignedReleaseIsAccepted(t *testing.T) {
	t.Parallel()
	mini, sm := newMini(t), newSM2(t)
	s, m := release(t, "1.0.0", 1767323045)
	if got := fmt.Sprint(s.sign(t, m, mini, sm)); got != "[SHA256SUMS.minisig SM3SUMS SM3SUMS.sm2sig manifest.json.minisig manifest.json.sm2sig]" {
		t.Errorf("made %s", got)
	}
	for name, p := range map[string]*Policy{"both": OfKeys(mini.Key(), sm.Key()), "one": OfKeys(mini.Key()), "the other": OfKeys(sm.Key())} {
		found := s.check(t, Options{Policy: p, Now: day})
		if bad := failures(found); len(bad) > 0 {
			t.Errorf("%s: %v", name, bad)
		}
		good := 0
		for _, f := range found {
			if f.Code == CodeGood {
				good++
			}
		}
		if good != 2*len(p.Keys) {
			t.Errorf("%s: %d good signatures in %v", name, good, found)
		}
	}
	// Again: nothing is made, for minisign because it would be the same bytes.
	if got := s.sign(t, m, mini, sm); len(got) > 0 {
		t.Errorf("made again: %q", got)
	}
	again, _ := release(t, "1.0.0", 1767323045)
	again.sign(t, m, mini)
	if !bytes.Equal(again["manifest.json.minisig"], s["manifest.json.minisig"]) || !strings.Contains(string(s["manifest.json.minisig"]), "trusted comment: demo 1.0.0 sequence=1767323045\n") {
		t.Errorf("the signature is not a function of the release:\n%s", s["manifest.json.minisig"])
	}
	// Without a policy nothing is claimed.
	for _, f := range s.check(t, Options{}) {
		if f.Code != CodeUnchecked || f.Severity != "note" {
			t.Errorf("%+v", f)
		}
	}
}

// One flipped bit anywhere in what is signed or in a signature is found, and the
// file is named. Only the text of minisign's untrusted comment is free.
func TestEveryFlippedBitIsNamed(t *testing.T) {
	t.Parallel()
	mini, sm := newMini(t), newSM2(t)
	good, m := release(t, "1.0.0", 7)
	good.sign(t, m, mini, sm)
	o := Options{Policy: OfKeys(mini.Key(), sm.Key()), Now: day}
	const free = "untrusted comment: "
	for _, name := range []string{"manifest.json", "SHA256SUMS", "SM3SUMS", "manifest.json.minisig", "SHA256SUMS.minisig", "manifest.json.sm2sig", "SM3SUMS.sm2sig"} {
		step := 1
		if !strings.HasSuffix(name, "sig") {
			step = 17 // any byte of a signed text is like any other
		}
		for i := 0; i < len(good[name]); i += step {
			if line := bytes.IndexByte(good[name], '\n'); strings.HasSuffix(name, ".minisig") && i >= len(free) && i < line {
				continue
			}
			s := good.clone()
			s[name][i] ^= 1 << (i % 8)
			bad := failures(s.check(t, o))
			if !slices.ContainsFunc(bad, func(f Finding) bool { return strings.HasPrefix(f.Subject, name) || strings.Contains(f.Text.EN, name) }) {
				t.Fatalf("byte %d of %s: %v", i, name, bad)
			}
		}
	}
}

func TestWhatIsNotEnough(t *testing.T) {
	t.Parallel()
	a, b, c, sm := newMini(t), newMini(t), newMini(t), newSM2(t)
	policy := func(threshold int, require ...Requirement) *Policy {
		return &Policy{Threshold: threshold, Require: require, Keys: []Trusted{{Key: a.Key(), Holder: "ann"}, {Key: b.Key(), Holder: "ben"}, {Key: sm.Key(), Holder: "ann"}}}
	}
	expired := policy(1)
	expired.Keys[0].NotAfter = day
	other := policy(1)
	other.Projects = []string{"another"}
	for _, tc := range []struct {
		name    string
		signers []Signer
		p       *Policy
		want    string // in an error; "" = accepted
	}{
		{"nobody", nil, policy(1), "no trusted key has signed it"},
		{"a stranger", []Signer{c}, policy(1), "no trusted key has signed it"},
		{"one of one", []Signer{a}, policy(1), ""},
		{"one of two", []Signer{a}, policy(2), "1 of the 2 signatures"},
		{"two keys of one holder", []Signer{a, sm}, policy(2), "1 of the 2 signatures"},
		{"two holders", []Signer{a, b}, policy(2), ""},
		{"a stranger besides", []Signer{a, c}, policy(1), ""},
		{"no SM2", []Signer{a, b}, policy(1, RequireSM2), "asks for an SM2 signature"},
		{"SM2 only", []Signer{sm}, policy(1, RequireMinisign), "asks for a minisign signature"},
		{"SM2 too", []Signer{a, sm}, policy(1, RequireSM2, RequireMinisign), ""},
		{"no bill of materials", []Signer{a}, policy(1, RequireSBOM), "asks for a bill of materials"},
		{"after its last day", []Signer{a}, expired, "counts until 2026-05-31 only"},
		{"another project", []Signer{a}, other, "not for the project demo"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, m := release(t, "1.0.0", 7)
			if len(tc.signers) > 0 {
				s.sign(t, m, tc.signers...)
			}
			bad := failures(s.check(t, Options{Policy: tc.p, Now: day}))
			if got := fmt.Sprint(bad); tc.want == "" && len(bad) > 0 || !strings.Contains(got, tc.want) {
				t.Errorf("%s", got)
			}
		})
	}
}

// A signature of another release of the same project does not do, nor that of
// another file.
func TestSignaturesAreNotInterchangeable(t *testing.T) {
	t.Parallel()
	key := newMini(t)
	one, m1 := release(t, "1.0.0", 7)
	one.sign(t, m1, key)
	two, m2 := release(t, "2.0.0", 8)
	two.sign(t, m2, key)
	o := Options{Policy: OfKeys(key.Key()), Now: day}
	mixed := two.clone() // the sums and their signature of another version
	mixed[manifest.SumsName], mixed["SHA256SUMS.minisig"] = one[manifest.SumsName], one["SHA256SUMS.minisig"]
	if bad := failures(mixed.check(t, o)); len(bad) != 1 || bad[0].Code != CodeComment || bad[0].Subject != "SHA256SUMS.minisig" {
		t.Errorf("mixed: %v", bad)
	}
	swapped := two.clone()
	swapped["manifest.json.minisig"] = two["SHA256SUMS.minisig"]
	if bad := failures(swapped.check(t, o)); len(bad) != 2 || bad[0].Subject != "manifest.json.minisig" {
		t.Errorf("swapped: %v", bad)
	}
}

// R25: what was verified is the least that will do.
func TestRollbackIsRefused(t *testing.T) {
	t.Parallel()
	key, stranger := newMini(t), newMini(t)
	seen := Sequences{Dir: t.TempDir()}
	trusted := OfKeys(key.Key()).Keys
	if err := seen.Record(t.Context(), Comment{"demo", "2.0.0", 8}, trusted); err != nil {
		t.Fatal(err)
	}
	if err := seen.Record(t.Context(), Comment{"demo", "1.0.0", 3}, trusted); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name     string
		sequence int64
		o        Options
		refused  bool
	}{
		{"older", 7, Options{}, true},
		{"without a sequence", 0, Options{}, true},
		{"the same", 8, Options{}, false},
		{"newer", 9, Options{}, false},
		{"older, allowed", 7, Options{AllowDowngrade: true}, false},
	} {
		s, m := release(t, "1.0.0", tc.sequence)
		s.sign(t, m, key)
		tc.o.Policy, tc.o.Sequences, tc.o.Now = OfKeys(key.Key()), &seen, day
		bad := failures(s.check(t, tc.o))
		if refused := len(bad) == 1 && bad[0].Code == CodeSequence && strings.Contains(bad[0].Text.EN, "older than demo 2.0.0"); refused != tc.refused || !refused && len(bad) > 0 {
			t.Errorf("%s: %v", tc.name, bad)
		}
	}
	// Another vendor's project of the same name is not held back.
	s, m := release(t, "0.1.0", 1)
	s.sign(t, m, stranger)
	if bad := failures(s.check(t, Options{Policy: OfKeys(stranger.Key()), Sequences: &seen, Now: day})); len(bad) > 0 {
		t.Errorf("another vendor: %v", bad)
	}
}
