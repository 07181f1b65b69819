package trust

import (
	"bytes"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func saying(word string) Password { return func(string) (string, error) { return word, nil } }

// An SM2 key under a password: made here, and nothing of either in an error.
func TestSM2UnderAPassword(t *testing.T) {
	t.Parallel()
	const word = "canary-密码-word"
	text, public, err := NewSM2(word)
	if err != nil || !bytes.HasPrefix(text, []byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")) || !IsPEM(text) {
		t.Fatalf("%s %v", text, err)
	}
	s, err := ParseSM2("k", text, saying(word))
	if err != nil || !s.Key().Equal(public) {
		t.Fatal(err)
	}
	plain, _, err := NewSM2("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseSM2("k", plain, func(string) (string, error) { return "", errors.New("asked") }); err != nil {
		t.Errorf("asked for a password that it does not have: %v", err)
	}
	block, _ := pem.Decode(text)
	block.Bytes[len(block.Bytes)-len(enciphered(t, block.Bytes))] ^= 1 // its first block, with what tells that it is a key
	damaged := pem.EncodeToMemory(block)
	for name, tc := range map[string]struct {
		text     []byte
		password Password
		want     string
		kind     msg.Kind
	}{
		"nobody to ask":       {text, nil, "it has a password", msg.Usage},
		"wrong":               {text, saying("canary-wrong"), "the password is wrong", msg.Failed},
		"empty":               {text, saying(""), "the password is wrong", msg.Failed},
		"damaged":             {damaged, saying(word), "the password is wrong, or the key is damaged", msg.Failed},
		"asking fails":        {text, func(string) (string, error) { return "", msg.Errorf("no terminal", "没有终端") }, "no terminal", msg.Failed},
		"SEC 1":               {[]byte("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"), nil, "not PKCS #8", msg.Usage},
		"not even PEM":        {[]byte("canary"), nil, "no SM2 key", msg.Usage},
		"not a key":           {[]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), nil, "no SM2 key", msg.Usage},
		"a cipher of its own": {[]byte("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAYwAgYABAA=\n-----END ENCRYPTED PRIVATE KEY-----\n"), saying(word), "openssl", msg.Failed},
	} {
		_, err := ParseSM2("k", tc.text, tc.password)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		all := err.Error() + msg.In(err, msg.Chinese) + msg.Hint(err).EN + msg.Hint(err).ZH
		if !strings.Contains(all, tc.want) || msg.KindOf(err) != tc.kind || strings.Contains(all, "canary") {
			t.Errorf("%s: %v", name, all)
		}
	}
}

// enciphered is the last part of a key with a password: the key itself.
func enciphered(t *testing.T, der []byte) []byte {
	t.Helper()
	var key struct {
		How  asn1.RawValue
		Data []byte
	}
	if _, err := asn1.Unmarshal(der, &key); err != nil {
		t.Fatal(err)
	}
	return key.Data
}

// What openssl writes is read here, and openssl reads what is written here.
func TestOpensslPasswords(t *testing.T) {
	t.Parallel()
	needs(t, "openssl")
	dir := t.TempDir()
	if out, ok := tool(t, dir, "openssl", "genpkey", "-algorithm", "SM2", "-aes256", "-pass", "pass:word one", "-out", "aes256"); !ok {
		t.Skipf("this openssl has no SM2: %s", out)
	}
	for _, args := range [][]string{
		{"-v2", "sm4-cbc", "-out", "sm4"},
		{"-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512", "-iter", "100000", "-out", "prf"},
		{"-v2", "des3", "-out", "des3"},
		{"-scrypt", "-out", "scrypt"},
	} {
		args = append([]string{"openssl", "pkcs8", "-topk8", "-in", "aes256", "-passin", "pass:word one", "-passout", "pass:word one"}, args...)
		if out, ok := tool(t, dir, args...); !ok {
			t.Fatalf("%s: %s", args, out)
		}
	}
	if out, ok := tool(t, dir, "openssl", "pkey", "-in", "aes256", "-passin", "pass:word one", "-pubout", "-out", "pub"); !ok {
		t.Fatal(out)
	}
	public, err := ReadKey(filepath.Join(dir, "pub"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"aes256", "sm4", "prf", "des3", "scrypt"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := ParseSM2(name, text, saying("word one")); err != nil || !s.Key().Equal(public) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := ParseSM2(name, text, saying("word two")); err == nil {
			t.Errorf("%s: opened by another password", name)
		}
	}
	// What openssl ec writes is refused with the command that converts it.
	if out, ok := tool(t, dir, "openssl", "ec", "-in", "aes256", "-passin", "pass:word one", "-out", "sec1"); !ok {
		t.Fatal(out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "sec1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseSM2("sec1", text, nil); err == nil || !strings.Contains(msg.Hint(err).EN, "openssl pkcs8 -topk8 -in OLD -out NEW") {
		t.Errorf("%v", err)
	}
	if out, ok := tool(t, dir, "openssl", "pkcs8", "-topk8", "-nocrypt", "-in", "sec1", "-out", "converted"); !ok {
		t.Fatal(out)
	}
	if text, err = os.ReadFile(filepath.Join(dir, "converted")); err != nil {
		t.Fatal(err)
	}
	if s, err := ParseSM2("converted", text, nil); err != nil || !s.Key().Equal(public) {
		t.Error(err)
	}
	ours, key, err := NewSM2("word three")
	if err != nil {
		t.Fatal(err)
	}
	file(t, dir, "ours", ours)
	if out, ok := tool(t, dir, "openssl", "pkey", "-in", "ours", "-passin", "pass:word three", "-pubout"); !ok || !strings.Contains(out, strings.Split(key.Text(), "\n")[1]) {
		t.Errorf("openssl refuses ours: %s", out)
	}
}
