package release

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// finished is a dist folder with one artifact, as merge leaves it.
func finished(t *testing.T) (string, *manifest.Manifest) {
	t.Helper()
	dist := t.TempDir()
	m := &manifest.Manifest{Schema: 1, Project: "demo", Version: "1.0.0", Sequence: 7, Plan: "sha256:0", Artifacts: []manifest.Artifact{
		{Name: "notes.txt", Kind: manifest.KindFile, Size: 6, SHA256: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"},
	}}
	if err := os.WriteFile(filepath.Join(dist, "notes.txt"), []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeJSON(t.Context(), filepath.Join(dist, manifest.FileName), m); err != nil {
		t.Fatal(err)
	}
	return dist, m
}

func TestSignDist(t *testing.T) {
	t.Parallel()
	secret, public, err := trust.NewMinisign("")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := Keys{Environ: []string{SignKeyVariable + "=" + strings.Split(string(secret), "\n")[1]}}.Signers()
	if err != nil || len(keys) != 1 || !keys[0].Key().Equal(public) {
		t.Fatalf("%v %v", keys, err)
	}
	dist, m := finished(t)
	names, err := SignDist(t.Context(), dist, m, keys, true)
	if err != nil || !slices.Equal(names, []string{"SHA256SUMS.minisig", "SM3SUMS", "manifest.json.minisig"}) {
		t.Fatalf("%q %v", names, err)
	}
	if again, err := SignDist(t.Context(), dist, m, keys, true); err != nil || len(again) > 0 {
		t.Errorf("again: %q %v", again, err)
	}
	all, err := beside(dist)
	if err != nil || len(all) != 3 {
		t.Fatalf("%v %v", all, err)
	}
	st, err := file.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := publish.Publish(t.Context(), st, m, FilesIn(dist), publish.Options{Sidecars: all}); err != nil {
		t.Fatal(err)
	}
	seen := &trust.Sequences{Dir: filepath.Join(t.TempDir(), "new")}
	o := VerifyOptions{Trust: trust.Options{Policy: trust.OfKeys(public), Sequences: seen}}
	if r, err := Verify(t.Context(), st, o); err != nil || !r.OK {
		t.Fatalf("%+v %v", r, err)
	}
	if err := seen.Check(trust.Comment{Project: "demo", Sequence: 6}, o.Trust.Policy.Keys); err == nil {
		t.Error("what was verified is not remembered")
	}
	// A policy that asks for what nothing here can check is not met.
	strict := trust.OfKeys(public)
	strict.Rebuilders = 1
	if _, err := Verify(t.Context(), st, VerifyOptions{Trust: trust.Options{Policy: strict}}); msg.KindOf(err) != msg.Findings {
		t.Errorf("rebuilders: %v", err)
	}

	// What was changed after the merge is not signed.
	if err := os.WriteFile(filepath.Join(dist, "notes.txt"), []byte("hallo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := SignDist(t.Context(), dist, m, keys, false); msg.KindOf(err) != msg.Findings || !strings.Contains(err.Error(), "notes.txt") {
		t.Errorf("a changed artifact: %v", err)
	}
	if err := forget(dist); err != nil {
		t.Fatal(err)
	}
	if left, err := beside(dist); err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

// A variable goes before a file, and no other program gets it.
func TestKeysOfTheEnvironment(t *testing.T) {
	t.Parallel()
	secret, public, err := trust.NewSM2("")
	if err != nil {
		t.Fatal(err)
	}
	nowhere := filepath.Join(t.TempDir(), "key")
	k := Keys{Environ: []string{SM2KeyVariable + "=" + string(secret)}, SM2KeyFile: nowhere}
	if keys, err := k.Signers(); err != nil || len(keys) != 1 || !keys[0].Key().Equal(public) {
		t.Errorf("%v %v", keys, err)
	}
	k.Environ = append(k.Environ, SM2KeyVariable+"=")
	if _, err := k.Signers(); err == nil {
		t.Error("a file that is not there")
	}
	if keys, err := (Keys{}).Signers(); err != nil || len(keys) > 0 {
		t.Errorf("nothing: %v %v", keys, err)
	}
	env := []string{"A=1", SignKeyVariable + "=x", "B=2", SignPasswordVariable + "=y", SM2KeyVariable + "=z"}
	if got := withoutKeys(env); !slices.Equal(got, []string{"A=1", "B=2"}) || len(env) != 5 {
		t.Errorf("%q", got)
	}
	for want, environ := range map[string][]string{
		filepath.Join("/s", "yingzao", "verified"):                           {"XDG_STATE_HOME=/s", "HOME=/home/dev"},
		filepath.Join("/home/dev", ".local", "state", "yingzao", "verified"): {"XDG_STATE_HOME=relative", "HOME=/home/dev"},
		"": {"HOME="},
	} {
		if got := SequencesFolder(environ); filepath.IsAbs("/s") && got != want {
			t.Errorf("%q: %s", environ, got)
		}
	}
}
