package trust

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// tool runs a program in a folder and reports whether it was content.
func tool(t *testing.T, dir string, args ...string) (string, bool) {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func file(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMinisignProgram(t *testing.T) {
	t.Parallel()
	needs(t, "minisign")
	dir := t.TempDir()
	secret, public, err := NewMinisign("")
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseMinisign("k", secret, nil)
	if err != nil {
		t.Fatal(err)
	}
	data := bytes.Repeat([]byte("a file of a release\n"), 1000)
	file(t, dir, "f", data)
	sig, err := SignFile(t.Context(), s, "f", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	file(t, dir, sig.Name, sig.Data)
	file(t, dir, "k.pub", []byte(public.Text()))
	if out, ok := tool(t, dir, "minisign", "-Vm", "f", "-p", "k.pub"); !ok || !strings.Contains(out, "Trusted comment: file:f") {
		t.Errorf("minisign refuses ours: %s", out)
	}
	if out, ok := tool(t, dir, "minisign", "-Vm", "f", "-P", public.Line()); !ok {
		t.Errorf("minisign refuses our key: %s", out)
	}
	file(t, dir, "f", append([]byte("b"), data[1:]...))
	if _, ok := tool(t, dir, "minisign", "-Vm", "f", "-p", "k.pub"); ok {
		t.Error("minisign accepts another file")
	}
	file(t, dir, "f", data)

	// Our secret key in minisign's hands, and its own in ours.
	file(t, dir, "k", secret)
	for _, args := range [][]string{{"-S"}, {"-S", "-l"}} {
		if out, ok := tool(t, dir, append([]string{"minisign", "-s", "k", "-m", "f", "-x", "theirs.minisig", "-t", "by hand"}, args...)...); !ok {
			t.Fatalf("minisign cannot sign with our key: %s", out)
		}
		theirs, err := os.ReadFile(filepath.Join(dir, "theirs.minisig"))
		if err != nil {
			t.Fatal(err)
		}
		if comment, err := public.Verify(bytes.NewReader(data), theirs); err != nil || comment != "by hand" {
			t.Errorf("%q: we refuse minisign's: %q, %v", args, comment, err)
		}
		if _, err := public.Verify(bytes.NewReader(data[1:]), theirs); err == nil {
			t.Errorf("%q: we accept another file", args)
		}
	}
	if out, ok := tool(t, dir, "minisign", "-G", "-W", "-p", "own.pub", "-s", "own"); !ok {
		t.Fatalf("minisign makes no key: %s", out)
	}
	own, err := os.ReadFile(filepath.Join(dir, "own"))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ParseMinisign("own", own, nil)
	if err != nil {
		t.Fatal(err)
	}
	if key, err := ReadKey(filepath.Join(dir, "own.pub")); err != nil || !key.Equal(signer.Key()) {
		t.Errorf("the public key of minisign's key: %v", err)
	}
}

// A key that was made with a password opens in minisign; it costs both a gibibyte
// and some seconds.
func TestMinisignPassword(t *testing.T) {
	t.Parallel()
	needs(t, "minisign")
	if os.Getenv("YINGZAO_E2E") != "require" {
		t.Skip("takes a gibibyte of memory and ten seconds; YINGZAO_E2E=require runs it")
	}
	const word = "correct horse"
	secret, public, err := NewMinisign(word)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseMinisign("k", secret, func(string) (string, error) { return word, nil })
	if err != nil || !s.Key().Equal(public) {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file(t, dir, "k", secret)
	file(t, dir, "f", []byte("text"))
	cmd := exec.Command("minisign", "-S", "-s", "k", "-m", "f")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(word+"\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sig, err := os.ReadFile(filepath.Join(dir, "f.minisig"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := public.Verify(bytes.NewReader([]byte("text")), sig); err != nil {
		t.Error(err)
	}
}

func TestOpenssl(t *testing.T) {
	t.Parallel()
	needs(t, "openssl")
	dir := t.TempDir()
	if out, ok := tool(t, dir, "openssl", "genpkey", "-algorithm", "SM2", "-out", "k.pem"); !ok {
		t.Skipf("this openssl has no SM2: %s", out)
	}
	if out, ok := tool(t, dir, "openssl", "pkey", "-in", "k.pem", "-pubout", "-out", "p.pem"); !ok {
		t.Fatal(out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "k.pem"))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ParseSM2("k.pem", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ReadKey(filepath.Join(dir, "p.pem"))
	if err != nil || !key.Equal(signer.Key()) {
		t.Fatalf("the public key: %v", err)
	}
	data := bytes.Repeat([]byte("a file of a release\n"), 1000)
	file(t, dir, "f", data)
	sig, err := SignFile(t.Context(), signer, "f", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	file(t, dir, sig.Name, sig.Data)
	verify := []string{"openssl", "dgst", "-sm3", "-verify", "p.pem", "-signature", "f.sm2sig", "-sigopt", OpensslUserID, "f"}
	if out, ok := tool(t, dir, verify...); !ok || !strings.Contains(out, "Verified OK") {
		t.Errorf("openssl refuses ours: %s", out)
	}
	file(t, dir, "f", append([]byte("b"), data[1:]...))
	if _, ok := tool(t, dir, verify...); ok {
		t.Error("openssl accepts another file")
	}
	file(t, dir, "f", data)
	// Our key in openssl's hands.
	ours, public, err := NewSM2("")
	if err != nil {
		t.Fatal(err)
	}
	file(t, dir, "ours.pem", ours)
	for _, tc := range []struct {
		pem string
		key *Key
	}{{"k.pem", key}, {"ours.pem", public}} {
		if out, ok := tool(t, dir, "openssl", "dgst", "-sm3", "-sign", tc.pem, "-sigopt", OpensslUserID, "-out", "theirs", "f"); !ok {
			t.Fatal(out)
		}
		theirs, err := os.ReadFile(filepath.Join(dir, "theirs"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tc.key.Verify(bytes.NewReader(data), theirs); err != nil {
			t.Errorf("%s: we refuse openssl's: %v", tc.pem, err)
		}
		theirs[20] ^= 1
		if _, err := tc.key.Verify(bytes.NewReader(data), theirs); err == nil {
			t.Errorf("%s: we accept a changed signature", tc.pem)
		}
	}
	// R16: without distid openssl signs under an empty id.
	if out, ok := tool(t, dir, "openssl", "dgst", "-sm3", "-sign", "k.pem", "-out", "empty", "f"); !ok {
		t.Fatal(out)
	}
	empty, err := os.ReadFile(filepath.Join(dir, "empty"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = key.Verify(bytes.NewReader(data), empty)
	if err == nil || !strings.Contains(err.Error(), "empty SM2 user id (distid)") || !strings.Contains(msg.Hint(err).EN, "-sigopt "+OpensslUserID) {
		t.Errorf("an empty id: %v", err)
	}
	// Among several keys it is still told.
	p := OfKeys(newSM2(t).Key(), key, newSM2(t).Key())
	verdicts, err := p.Judge(bytes.NewReader(data), []Signature{{"f.sm2sig", empty}}, day)
	if err != nil || verdicts[0].Err == nil || !strings.Contains(verdicts[0].Err.Error(), "distid") {
		t.Errorf("%v, %v", verdicts, err)
	}
}
