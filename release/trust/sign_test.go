package trust

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Further signers lie beside the first.
func TestFurtherSigners(t *testing.T) {
	t.Parallel()
	a, b, x, y := newMini(t), newMini(t), newSM2(t), newSM2(t)
	s, m := release(t, "1.0.0", 7)
	s.sign(t, m, a, x)
	first := string(s["manifest.json.minisig"])
	want := fmt.Sprint([]string{"SHA256SUMS." + b.Key().ID() + ".minisig", "SM3SUMS." + y.Key().ID() + ".sm2sig", "manifest.json." + b.Key().ID() + ".minisig", "manifest.json." + y.Key().ID() + ".sm2sig"})
	made := s.sign(t, m, b, y)
	slices.SortFunc(made, func(a, b string) int {
		return cmp.Or(cmp.Compare(a[:4], b[:4]), cmp.Compare(a[len(a)-6:], b[len(b)-6:]))
	})
	if got := fmt.Sprint(made); got != want {
		t.Errorf("made %s, want %s", got, want)
	}
	if string(s["manifest.json.minisig"]) != first {
		t.Error("the first signature was replaced")
	}
	p := OfKeys(a.Key(), b.Key(), x.Key(), y.Key())
	if bad := failures(s.check(t, Options{Policy: p, Now: day})); len(bad) > 0 {
		t.Errorf("%v", bad)
	}
	// All at once it is the same.
	once, m := release(t, "1.0.0", 7)
	once.sign(t, m, a, b, x, y)
	if bad := failures(once.check(t, Options{Policy: p, Now: day})); len(bad) > 0 {
		t.Errorf("%v", bad)
	}
}

func TestSM3SumsOnly(t *testing.T) {
	t.Parallel()
	s, m := release(t, "1.0.0", 7)
	made, err := Sign(t.Context(), Signing{Manifest: m, SM3: true, Open: s.open})
	if err != nil || len(made) != 1 || made[0].Name != manifest.SM3SumsName {
		t.Fatalf("%v, %v", made, err)
	}
	sums, err := manifest.ParseSums(made[0].Data)
	// The example of GM/T 0004: the sum of "abc".
	h := NewSM3()
	h.Write([]byte("abc"))
	if err != nil || len(sums) != 2 || fmt.Sprintf("%x", h.Sum(nil)) != "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" {
		t.Errorf("%v, %v", sums, err)
	}
	s["notes.txt"] = append(s["notes.txt"], 'x')
	if _, err := Sign(t.Context(), Signing{Manifest: m, SM3: true, Open: s.open}); err == nil || !strings.Contains(err.Error(), "notes.txt") {
		t.Errorf("a file of another size: %v", err)
	}
}

// Each kind of command, and what can be wrong with one.
func TestCommand(t *testing.T) {
	t.Parallel()
	mini, sm := newMini(t), newSM2(t)
	s, m := release(t, "1.0.0", 7)
	dir := t.TempDir()
	pin := "canary-pin-1234"
	script := func(name, body string, key *Key) *Command {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return &Command{Args: []string{"/bin/sh", path, pin}, Environ: []string{"PATH=" + os.Getenv("PATH")}, Public: key}
	}
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no /bin/sh")
	}
	// A device that has the signatures ready: what it gets it must be told by name.
	ready := func(signer Signer) *Command {
		for _, file := range []string{manifest.FileName, manifest.SumsName, manifest.SM3SumsName} {
			data := s[file]
			if file == manifest.SM3SumsName {
				sums, err := SM3Sums(t.Context(), m, s.open)
				if err != nil {
					t.Fatal(err)
				}
				data = sums
			}
			sig, err := SignFile(t.Context(), signer, file, data, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, string(signer.Key().Kind())+"-"+file), sig.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return script(string(signer.Key().Kind()), `cat >/dev/null; test "$YINGZAO_SIGN_COMMENT" = "demo 1.0.0 sequence=7" && cat "`+dir+`/`+string(signer.Key().Kind())+`-$YINGZAO_SIGN_FILE"`, signer.Key())
	}
	for _, signer := range []Signer{mini, sm} {
		c := ready(signer)
		own := s.clone()
		made, err := Sign(t.Context(), Signing{Manifest: m, Body: s[manifest.FileName], Sums: s[manifest.SumsName], Open: s.open, Signers: []Signer{c}})
		if err != nil {
			t.Fatalf("%s: %v", signer.Key().Kind(), err)
		}
		for _, f := range made {
			own[f.Name] = f.Data
		}
		if bad := failures(own.check(t, Options{Policy: OfKeys(signer.Key()), Now: day})); len(bad) > 0 {
			t.Errorf("%s: %v", signer.Key().Kind(), bad)
		}
	}
	for body, want := range map[string]string{
		"echo wrong PIN $1 >&2; exit 3": "exit code 3",
		"echo $1":                       "no signature of its key's kind, minisign",
		"cat >/dev/null":                "no signature of its key's kind, minisign",
		"head -c 100000000 /dev/zero":   "no signature of its key's kind, minisign",
		`cat ` + dir + `/minisign-` + `; echo "$1"; sleep 0`: "no signature of its key's kind, minisign",
	} {
		c := script("bad", body, mini.Key())
		_, err := Sign(t.Context(), Signing{Manifest: m, Body: s[manifest.FileName], Sums: s[manifest.SumsName], Open: s.open, Signers: []Signer{c}})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error()+msg.In(err, msg.Chinese)+msg.Hint(err).EN, pin) {
			t.Errorf("%s: %v", body, err)
		}
	}
	gone := &Command{Args: []string{"no-such-program-anywhere"}, Public: mini.Key()}
	if _, err := Sign(t.Context(), Signing{Manifest: m, Body: []byte("x"), Signers: []Signer{gone}}); err == nil || !strings.Contains(err.Error(), "no such program") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := script("slow", "sleep 60", mini.Key())
	if _, err := Sign(ctx, Signing{Manifest: m, Body: []byte("x"), Signers: []Signer{c}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// What a command makes has to hold by its public key, in a file's form and raw.
func TestCommandByItsKey(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no /bin/sh")
	}
	mini, sm, other := newMini(t), newSM2(t), newSM2(t)
	s, m := release(t, "1.0.0", 7)
	path := filepath.Join(t.TempDir(), "out")
	command := func(key *Key, out []byte) *Command {
		if err := os.WriteFile(path, out, 0o600); err != nil {
			t.Fatal(err)
		}
		return &Command{Args: []string{"/bin/sh", "-c", "cat >/dev/null; cat " + path}, Environ: []string{"PATH=" + os.Getenv("PATH")}, Public: key}
	}
	wrong, err := other.SignRaw(t.Context(), "", s[manifest.FileName])
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		key  *Key
		out  []byte
		want string
	}{
		{"another key's", sm.Key(), wrong, "does not hold by the key " + sm.Key().ID()},
		{"another kind", mini.Key(), wrong, "no signature of its key's kind, minisign"},
		{"nothing", sm.Key(), nil, "no signature of its key's kind, sm2"},
	} {
		_, err := Sign(t.Context(), Signing{Manifest: m, Body: s[manifest.FileName], Sums: s[manifest.SumsName], Open: s.open, Signers: []Signer{command(tc.key, tc.out)}})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	message := []byte("DSSEv1 1 a 1 b")
	hashed, err := mini.Sign(t.Context(), "f", bytes.NewReader(message), "c")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := mini.(*minisigner).secret.Sign(nil, message, crypto.Hash(0))
	if err != nil {
		t.Fatal(err)
	}
	good, err := sm.SignRaw(t.Context(), "", message)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		key  *Key
		out  []byte
		want string // in the error; "" = it is good
	}{
		{"sm2", sm.Key(), good, ""},
		{"sm2, another key", other.Key(), good, "the public key " + other.Key().ID()},
		{"minisign", mini.Key(), plain, ""},
		{"minisign, another key", newMini(t).Key(), plain, "does not hold by the public key"},
		{"minisign, hashed", mini.Key(), hashed, "hashed"},
		{"another kind", mini.Key(), good, "no signature of its key's kind"},
		{"nonsense", sm.Key(), []byte("x"), "no signature of its key's kind"},
	} {
		sig, err := command(tc.key, tc.out).SignRaw(t.Context(), manifest.ProvenanceName, message)
		if tc.want == "" && (err != nil || !tc.key.VerifyRaw(message, sig)) || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
}

func TestComments(t *testing.T) {
	t.Parallel()
	c := Comment{"demo", "1.0.0", 1767323045}
	if got, ok := ParseComment(c.String()); !ok || got != c {
		t.Errorf("%v %v", got, ok)
	}
	for _, other := range []string{"", "timestamp:1767323045\tfile:SHA256SUMS\thashed", "demo 1.0.0", "demo 1.0.0 sequence=", "demo 1.0.0 sequence=1x", "demo 1.0.0 sequence=01", "demo  sequence=1", "file:demo"} {
		if got, ok := ParseComment(other); ok {
			t.Errorf("%q was read as %v", other, got)
		}
	}
}
