package trust

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/scrypt"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// withPassword puts a key under a password at the least cost that the format
// allows; minisign's own takes a gibibyte.
func withPassword(t testing.TB, plain []byte, password string) []byte {
	t.Helper()
	line := strings.Split(string(plain), "\n")[1]
	b, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		t.Fatal(err)
	}
	copy(b[2:], "Sc")
	copy(b[6:38], bytes.Repeat([]byte{7}, 32))
	binary.LittleEndian.PutUint64(b[38:], 1<<15)
	binary.LittleEndian.PutUint64(b[46:], 1<<22)
	sum := blake2b.Sum256(append([]byte("Ed"), b[54:126]...))
	copy(b[126:], sum[:])
	n, r, p := 1024, 8, 1 // what the format makes of these two
	stream, err := scrypt.Key([]byte(password), b[6:38], n, r, p, 104)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range stream {
		b[54+i] ^= x
	}
	return []byte("untrusted comment: minisign encrypted secret key\n" + base64.StdEncoding.EncodeToString(b) + "\n")
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	plain, public, err := NewMinisign("")
	if err != nil {
		t.Fatal(err)
	}
	const canary = "canary-5f3c9d"
	locked := withPassword(t, plain, canary)
	asked := 0
	say := func(word string, err error) Password {
		return func(string) (string, error) { asked++; return word, err }
	}
	s, err := ParseMinisign("key", locked, say(canary, nil))
	if err != nil || !s.Key().Equal(public) || asked != 1 {
		t.Fatalf("%v, asked %d times", err, asked)
	}
	if _, err := ParseMinisign("key", plain, say("", errors.New("asked for nothing"))); err != nil {
		t.Errorf("a key without a password: %v", err)
	}
	for name, tc := range map[string]struct {
		text []byte
		ask  Password
		want string
	}{
		"wrong":          {locked, say("wrong-"+canary, nil), "the password is wrong, or the key is damaged"},
		"nobody to ask":  {locked, nil, "it has a password"},
		"refused to say": {locked, say("", errors.New("no")), "no"},
		"a damaged key":  {damaged(plain), nil, "it is damaged"},
		"not a key":      {[]byte("/home/dev/" + canary), nil, "no minisign secret key"},
		"a public key":   {[]byte(public.Text()), nil, "no minisign secret key"},
		"empty":          {nil, nil, "no minisign secret key"},
	} {
		_, err := ParseMinisign("key", tc.text, tc.ask)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, said := range []string{err.Error(), msg.In(err, msg.Chinese), msg.Hint(err).EN, msg.Hint(err).ZH} {
			if strings.Contains(said, canary) || strings.Contains(said, strings.Split(string(plain), "\n")[1][20:60]) {
				t.Errorf("%s: it tells the secret: %s", name, said)
			}
		}
	}
}

// damaged flips a bit of the seed.
func damaged(plain []byte) []byte {
	lines := strings.Split(string(plain), "\n")
	b, _ := base64.StdEncoding.DecodeString(lines[1])
	b[70] ^= 1
	lines[1] = base64.StdEncoding.EncodeToString(b)
	return []byte(strings.Join(lines, "\n"))
}

// R17: a key that others can read is not used.
func TestLooseModesAreRefused(t *testing.T) {
	t.Parallel()
	unix(t)
	path := filepath.Join(t.TempDir(), "key")
	if err := WriteSecret(path, []byte("secret")); err != nil {
		t.Fatal(err)
	}
	if err := WriteSecret(path, []byte("other")); !errors.Is(err, os.ErrExist) {
		t.Errorf("replaced: %v", err)
	}
	for mode, fine := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o644: false, 0o604: false, 0o660: false, 0o601: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		b, err := ReadSecret(path)
		if fine != (err == nil) || fine && string(b) != "secret" || !fine && (b != nil || msg.KindOf(err) != msg.Usage || !strings.Contains(msg.Hint(err).EN, "chmod 600")) {
			t.Errorf("mode %04o: %q, %v", mode, b, err)
		}
	}
	if _, err := ReadSecret(filepath.Dir(path)); err == nil {
		t.Error("a folder was read")
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	mini, sm := newMini(t), newSM2(t)
	for _, k := range []*Key{mini.Key(), sm.Key()} {
		path := filepath.Join(t.TempDir(), "k.pub")
		if err := os.WriteFile(path, []byte(k.Text()), 0o644); err != nil {
			t.Fatal(err)
		}
		forms := []string{k.Text(), path, strings.ReplaceAll(k.Text(), "\n", "\r\n")}
		if k.Line() != "" {
			forms = append(forms, k.Line())
		}
		for _, form := range forms {
			got, err := ReadKey(form)
			if err != nil || !got.Equal(k) || got.ID() != k.ID() || len(k.ID()) != 16 {
				t.Errorf("%s: %v", form, err)
			}
		}
	}
	if mini.Key().Equal(sm.Key()) || mini.Key().Equal(newMini(t).Key()) {
		t.Error("different keys are equal")
	}
	secret, _, err := NewSM2("")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "RWnonsense", string(secret), "-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----\n", sm.Key().Text() + "more", "/nowhere/key.pub"} {
		if _, err := ReadKey(bad); err == nil || msg.KindOf(err) != msg.Usage {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	if _, err := ParseSM2("key", []byte(mini.Key().Text()), nil); err == nil {
		t.Error("a minisign key was taken for SM2")
	}
}

func TestRawSignatures(t *testing.T) {
	t.Parallel()
	for _, s := range []Signer{newMini(t), newSM2(t)} {
		sig, err := s.SignRaw(t.Context(), "", []byte("message"))
		if err != nil || !s.Key().VerifyRaw([]byte("message"), sig) || s.Key().VerifyRaw([]byte("massage"), sig) {
			t.Errorf("%s: %v", s.Key().Kind(), err)
		}
		if s.Key().Kind() == Minisign && len(sig) != 64 {
			t.Errorf("%d bytes are no plain Ed25519", len(sig))
		}
	}
}

func TestSignatureNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.minisig": "a minisign", "a.b.sm2sig": "a.b sm2", "a.0123456789ABCDEF.minisig": "a minisign", "a.0123456789abcdef.minisig": "a.0123456789abcdef minisign",
		".minisig": "", "a": "", "a.sig": "", "0123456789ABCDEF.minisig": "0123456789ABCDEF minisign",
	} {
		got := ""
		if file, kind, ok := Signed(name); ok {
			got = file + " " + string(kind)
		}
		if got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, id := range []string{"", "0123456789ABCDEF"} {
		if file, kind, ok := Signed(SignatureName("x.json", SM2, id)); file != "x.json" || kind != SM2 || !ok {
			t.Errorf("%q: %s %s", id, file, kind)
		}
	}
}

func FuzzVerify(f *testing.F) {
	mini, sm := newMini(f), newSM2(f)
	good, m := release(f, "1.0.0", 7)
	good.sign(f, m, mini, sm)
	f.Add(good["manifest.json.minisig"])
	f.Add(good["manifest.json.sm2sig"])
	f.Add([]byte("untrusted comment: \n\ntrusted comment: \n\n"))
	f.Fuzz(func(t *testing.T, sig []byte) {
		for _, k := range []*Key{mini.Key(), sm.Key()} {
			if _, err := k.Verify(bytes.NewReader([]byte("another message")), sig); err == nil {
				t.Errorf("%s accepted %q", k.Kind(), sig)
			}
		}
		KeyIDOf(sig)
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte(newMini(f).Key().Text()))
	f.Add([]byte(newSM2(f).Key().Text()))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := ParseKey(text)
		if err != nil {
			return
		}
		again, err := ParseKey([]byte(k.Text()))
		if err != nil || !again.Equal(k) {
			t.Errorf("%q comes back as something else: %v", text, err)
		}
	})
}
