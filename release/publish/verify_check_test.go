package publish

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// A check sees the version as it is in the store, and its findings count.
func TestChecks(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	r := newRelease("demo", "1.0.0", "a=1")
	r.sidecars = []Sidecar{{"manifest.json.minisig", []byte("signed\n")}}
	mustPublish(t, st, r)
	text := msg.Text{EN: "no", ZH: "否"}
	for severity, fails := range map[string]bool{"note": false, "warning": false, "error": true} {
		rep, err := Verify(t.Context(), st, VerifyOptions{Checks: []Check{func(ctx context.Context, v *Version) ([]Finding, error) {
			sig, err := v.Read(ctx, "manifest.json.minisig")
			if err != nil || string(sig) != "signed\n" || string(v.Raw) != get(t, st, "demo/1.0.0/manifest.json") || v.Manifest.Version != "1.0.0" || !slices.Equal(v.Sidecars, []string{"manifest.json.minisig"}) {
				t.Errorf("%q %v %+v", sig, err, v)
			}
			if _, err := v.Read(ctx, "other.minisig"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("what is not there: %v", err)
			}
			return []Finding{{"VRF999", severity, "manifest.json.minisig", text}}, nil
		}}})
		fs := rep.Projects[0].Findings
		if fails != (msg.KindOf(err) == msg.Findings) || fails == rep.OK || len(fs) != 1 || fs[0].Subject != "demo/1.0.0/manifest.json.minisig" {
			t.Errorf("%s: %v, %+v", severity, err, fs)
		}
	}
	broken := errors.New("the line is dead")
	if _, err := Verify(t.Context(), st, VerifyOptions{Checks: []Check{func(context.Context, *Version) ([]Finding, error) { return nil, broken }}}); !errors.Is(err, broken) || msg.KindOf(err) != msg.Incomplete {
		t.Errorf("what cannot be read: %v", err)
	}
}

// SM3SUMS is held against the bytes of the artifacts, read once. Any hash does here.
func TestSecondSums(t *testing.T) {
	t.Parallel()
	sum := func(s string) string {
		h := sha256.Sum256([]byte("salt" + s))
		return hex.EncodeToString(h[:])
	}
	good := sum("1") + "  a\n" + sum("2") + "  b\n"
	for name, tc := range map[string]struct{ sums, want string }{
		"good":               {good, ""},
		"a wrong sum":        {strings.Replace(good, sum("2"), sum("3"), 1), "its sum of b is not that of the file"},
		"a missing line":     {good[:len(good)/2], "it has no line for b"},
		"one line too many":  {good + sum("4") + "  c\n", "it lists c"},
		"a path":             {good + sum("4") + "  ../c\n", `line 3: artifact "../c"`},
		"CRLF":               {strings.ReplaceAll(good, "\n", "\r\n"), "carriage return"},
		"the same one twice": {good + good, "occurs twice"},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStore(t)
			r := newRelease("demo", "1.0.0", "a=1", "b=2")
			r.sidecars = []Sidecar{{manifest.SM3SumsName, []byte(tc.sums)}}
			mustPublish(t, st, r)
			rec := storetest.Record(st)
			rep, err := Verify(t.Context(), rec, VerifyOptions{SM3: func() hash.Hash { return &salted{sha256.New(), false} }})
			fs := rep.Projects[0].Findings
			if (tc.want == "") != (err == nil) || tc.want != "" && (len(fs) == 0 || fs[0].Code != CodeSM3 || fs[0].Subject != "demo/1.0.0/SM3SUMS" || !strings.Contains(fs[0].Text.EN, tc.want)) {
				t.Errorf("%v %+v", err, fs)
			}
			reads := 0
			for _, c := range rec.Calls(store.OpGet) {
				if c.Key == "demo/1.0.0/a" {
					reads++
				}
			}
			if reads != 1 {
				t.Errorf("an artifact was read %d times", reads)
			}
		})
	}
}

// salted is a hash that is none of the manifest's.
type salted struct {
	hash.Hash
	begun bool
}

func (s *salted) Reset() { s.Hash.Reset(); s.begun = false }

func (s *salted) Write(b []byte) (int, error) {
	if !s.begun {
		s.begun = true
		s.Hash.Write([]byte("salt"))
	}
	return s.Hash.Write(b)
}

// The index and the page tell whose signatures there are, and how to check them.
func TestSignersOnThePage(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	r := newRelease("demo", "1.0.0", "a=1")
	raw := append([]byte{'E', 'D', 0xd6, 0xf1, 0xbd, 0x8a, 0x54, 0x3c, 0xf0, 0x16}, make([]byte, 64)...)
	sig := []byte("untrusted comment: x\n" + base64.StdEncoding.EncodeToString(raw) + "\ntrusted comment: y\n" + base64.StdEncoding.EncodeToString(make([]byte, 64)) + "\n")
	mustPublish(t, st, r)
	if page := get(t, st, "demo/index.html"); strings.Contains(page, "minisign") || strings.Contains(page, `id="signed"`) {
		t.Error("the page of an unsigned version speaks of signatures")
	}
	r.sidecars = []Sidecar{{"manifest.json.minisig", sig}, {"SHA256SUMS.minisig", sig}, {"SM3SUMS", []byte("sums\n")}, {"SM3SUMS.sm2sig", []byte("0")}}
	mustPublish(t, st, r)
	if _, err := Attach(t.Context(), st, "demo", "1.0.0", []Sidecar{{"manifest.json.0123456789ABCDEF.minisig", sig}}, ManageOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := indexIn(t, st, "demo").Versions[0].Signers; !slices.Equal(got, []string{"0123456789ABCDEF", "16F03C548ABDF1D6"}) {
		t.Errorf("signers %q", got)
	}
	page := get(t, st, "demo/index.html")
	for _, want := range []string{
		"minisign -Vm SHA256SUMS -P PUBLIC_KEY &amp;&amp; sha256sum -c --ignore-missing SHA256SUMS", "16F03C548ABDF1D6", "yingzao release verify a --key PUBLIC_KEY",
		"-signature SM3SUMS.sm2sig -sigopt distid:1234567812345678 SM3SUMS", `href="./1.0.0/SHA256SUMS.minisig"`, "用 minisign 校验签名",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	// An unchanged version is not read again for that.
	rec := storetest.Record(st)
	mustPublish(t, rec, r)
	if len(rec.Calls(store.OpPut)) > 0 || len(rec.Calls()) > 4 {
		t.Errorf("%v", rec.Calls())
	}
	for _, junk := range []string{"", "a\nb\nc", "a\n" + base64.StdEncoding.EncodeToString(raw[:20]) + "\nc\nd\n"} {
		if id := keyID([]byte(junk)); id != "" {
			t.Errorf("%q: %s", junk, id)
		}
	}
}
