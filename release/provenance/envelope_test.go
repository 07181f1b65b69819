package provenance

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The example of the DSSE specification.
func TestPAE(t *testing.T) {
	got := string(PAE("http://example.com/HelloWorld", []byte("hello world")))
	if want := "DSSEv1 29 http://example.com/HelloWorld 11 hello world"; got != want {
		t.Errorf("PAE is %q, want %q", got, want)
	}
}

// independent reads an envelope by nothing of this package: the message that was
// signed, and the signature.
func independent(t *testing.T, data []byte) (message, sig []byte) {
	t.Helper()
	var e map[string]any
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	payload, err := base64.StdEncoding.DecodeString(e["payload"].(string))
	if err != nil {
		t.Fatal(err)
	}
	kind := e["payloadType"].(string)
	sig, err = base64.StdEncoding.DecodeString(e["signatures"].([]any)[0].(map[string]any)["sig"].(string))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, part := range []string{"DSSEv1", strconv.Itoa(len(kind)), kind, strconv.Itoa(len(payload))} {
		b.WriteString(part + " ")
	}
	b.Write(payload)
	return b.Bytes(), sig
}

func TestSealIsWhatOthersRead(t *testing.T) {
	k := newKey("one")
	s, _, _ := made(t)
	data, err := Seal(s, By(t.Context(), k.id, k))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Seal(s, By(t.Context(), k.id, k))
	if err != nil || !bytes.Equal(data, again) {
		t.Error("the same statement and key give other bytes")
	}
	message, sig := independent(t, data)
	public := k.secret.Public().(ed25519.PublicKey)
	if !ed25519.Verify(public, message, sig) {
		t.Fatal("an independent reader refuses the signature")
	}

	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatal(err)
		}
		t.Skip("there is no openssl here")
	}
	dir := t.TempDir()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	verify := func(message []byte) error {
		for name, b := range map[string][]byte{"key.pem": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "message": message, "sig": sig} {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "key.pem", "-in", "message", "-sigfile", "sig")
		cmd.Dir = dir
		return cmd.Run()
	}
	if err := verify(message); err != nil {
		t.Errorf("openssl refuses the signature: %v", err)
	}
	message[len(message)/2] ^= 1
	if verify(message) == nil {
		t.Error("openssl accepts a changed message: this test proves nothing")
	}
}

func TestOpen(t *testing.T) {
	one, two, three := newKey("one"), newKey("two"), newKey("three")
	s, _, _ := made(t)
	data, err := Seal(s, By(t.Context(), one.id, one))
	if err != nil {
		t.Fatal(err)
	}
	var e Envelope
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	// A second signature, and one whose key id lies.
	sig, _ := two.SignRaw(t.Context(), "", PAE(e.PayloadType, e.Payload))
	e.Signatures = append(e.Signatures, Signature{KeyID: three.id, Sig: sig})
	both, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		data []byte
		keys []Verifier
		want int
	}{
		{"its key", data, []Verifier{one}, 1},
		{"another key", data, []Verifier{two}, 0},
		{"no key", data, nil, 0},
		{"both keys", both, []Verifier{one, two, three}, 2},
		{"an id that lies", both, []Verifier{three}, 0},
	} {
		got, by, err := Open(tc.data, tc.keys)
		if err != nil || len(by) != tc.want {
			t.Errorf("%s: signed by %v (%v), want %d keys", tc.name, by, err, tc.want)
		}
		if got == nil || len(got.Subject) != 3 {
			t.Errorf("%s: statement %+v", tc.name, got)
		}
	}
	// No byte of payload or type can be changed.
	for i := range e.Payload {
		changed := e
		changed.Payload = bytes.Clone(e.Payload)
		changed.Payload[i] ^= 0x20
		raw, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		if _, by, err := Open(raw, []Verifier{one, two}); err == nil && len(by) > 0 {
			t.Fatalf("byte %d of the payload may be changed", i)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	s, _, _ := made(t)
	k := newKey("one")
	good, err := Seal(s, By(t.Context(), k.id, k))
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(map[string]any)) []byte {
		var m map[string]any
		if err := json.Unmarshal(good, &m); err != nil {
			t.Fatal(err)
		}
		f(m)
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	body := func(text string) []byte {
		return change(func(m map[string]any) { m["payload"] = base64.StdEncoding.EncodeToString([]byte(text)) })
	}
	for name, data := range map[string][]byte{
		"no JSON":         []byte("{"),
		"empty":           nil,
		"another type":    change(func(m map[string]any) { m["payloadType"] = "text/plain" }),
		"no signature":    change(func(m map[string]any) { m["signatures"] = []any{} }),
		"no base64":       change(func(m map[string]any) { m["payload"] = "!" }),
		"many signatures": change(func(m map[string]any) { m["signatures"] = make([]map[string]string, maxSignatures+1) }),
		"too large":       bytes.Repeat([]byte(" "), maxStatement+1),
		"no statement":    body("{}"),
		"no subject":      body(`{"_type":"` + StatementType + `","subject":[]}`),
		"short digest":    body(`{"_type":"` + StatementType + `","subject":[{"name":"a","digest":{"sha256":"abc"}}]}`),
		"upper case":      body(`{"_type":"` + StatementType + `","subject":[{"name":"a","digest":{"sha256":"` + string(bytes.Repeat([]byte("A"), 64)) + `"}}]}`),
		"subject twice":   body(`{"_type":"` + StatementType + `","subject":[{"name":"a","digest":{"sha256":"` + digest("a") + `"}},{"name":"a","digest":{"sha256":"` + digest("b") + `"}}]}`),
	} {
		if _, _, err := Open(data, []Verifier{k}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzOpen(f *testing.F) {
	m, sum := release()
	s, err := New(m, sum, facts())
	if err != nil {
		f.Fatal(err)
	}
	k := newKey("one")
	good, err := Seal(s, By(f.Context(), k.id, k))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"keyid":"","sig":""}]}`))
	want, err := s.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, by, err := Open(data, []Verifier{k})
		if err != nil || len(by) == 0 {
			return
		}
		// Only what was signed is ever believed.
		if b, err := got.Marshal(); err != nil || !bytes.Equal(b, want) {
			t.Errorf("believed %s", b)
		}
	})
}

// Several signers, each with a signature of the same statement.
func TestSeveralSigners(t *testing.T) {
	one, two, three := newKey("one"), newKey("two"), newKey("three")
	all := []Verifier{one, two, three}
	s, _, _ := made(t)
	unnamed := func(message []byte) (Signature, error) {
		sig, err := three.SignRaw(t.Context(), "", message)
		return Signature{Sig: sig}, err
	}
	data, err := Seal(s, By(t.Context(), one.id, one), unnamed)
	if err != nil {
		t.Fatal(err)
	}
	if _, by, err := Open(data, all); err != nil || !slices.Equal(by, []string{one.id, three.id}) {
		t.Errorf("%q %v", by, err)
	}
	more, err := Cosign(data, By(t.Context(), two.id, two))
	if err != nil {
		t.Fatal(err)
	}
	if _, by, err := Open(more, all); err != nil || len(by) != 3 || len(Broken(more, all)) > 0 {
		t.Errorf("%q %v", by, err)
	}
	twice, err := Cosign(data, By(t.Context(), one.id, one))
	if err != nil {
		t.Fatal(err)
	}
	if _, by, err := Open(twice, []Verifier{one}); err != nil || len(by) != 1 {
		t.Errorf("one key twice: %q %v", by, err)
	}
	apart, err := Further(data, By(t.Context(), two.id, two))
	if err != nil {
		t.Fatal(err)
	}
	first, _ := independent(t, data)
	second, sig := independent(t, apart)
	if !bytes.Equal(first, second) || !ed25519.Verify(two.secret.Public().(ed25519.PublicKey), second, sig) {
		t.Error("the further file is not of the same statement")
	}
	if _, by, err := Open(apart, all); err != nil || !slices.Equal(by, []string{two.id}) {
		t.Errorf("%q %v", by, err)
	}
	failing := func([]byte) (Signature, error) { return Signature{}, os.ErrPermission }
	if _, err := Cosign(data, failing); !errors.Is(err, os.ErrPermission) {
		t.Error(err)
	}

	// A signature that names a key and is not its own is told, however many are good.
	claimed := func(message []byte) (Signature, error) { return Signature{KeyID: two.id, Sig: []byte("x")}, nil }
	bad, err := Cosign(data, claimed)
	if err != nil {
		t.Fatal(err)
	}
	if got := Broken(bad, all); !slices.Equal(got, []string{two.id}) {
		t.Errorf("%q", got)
	}
	if got := Broken(bad, []Verifier{one}); len(got) > 0 {
		t.Errorf("a stranger's: %q", got)
	}
	if n := FurtherName("AB12"); !IsFurther(n) || IsFurther("provenance.intoto.json") || IsFurther("provenance..intoto.json") || IsFurther(RebuildName("AB12")) {
		t.Error(n)
	}
}

// DSSE allows both alphabets of base64.
func TestBothAlphabets(t *testing.T) {
	k := newKey("one")
	s, _, _ := made(t)
	s.Subject[0].Name = "a?~>?~>a?~>" // gives + and / at every offset
	data, err := Seal(s, By(t.Context(), k.id, k))
	if err != nil {
		t.Fatal(err)
	}
	var e map[string]any
	if err := json.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	url := strings.NewReplacer("+", "-", "/", "_")
	sig := e["signatures"].([]any)[0].(map[string]any)
	was := e["payload"].(string)
	e["payload"], sig["sig"] = url.Replace(was), url.Replace(sig["sig"].(string))
	if e["payload"] == was {
		t.Fatal("the alphabets do not differ here")
	}
	other, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if _, by, err := Open(other, []Verifier{k}); err != nil || len(by) != 1 {
		t.Errorf("%q %v", by, err)
	}
	e["payload"] = "!" + was
	if other, err = json.Marshal(e); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(other, []Verifier{k}); err == nil {
		t.Error("no base64 at all")
	}
}
