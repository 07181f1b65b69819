package trust

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/release/manifest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// needs skips a test without a tool, unless all of them are required.
func needs(t *testing.T, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err == nil {
		return
	}
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatalf("%s is not installed, and YINGZAO_E2E=require asks for it", tool)
	}
	t.Skipf("%s is not installed", tool)
}

func newMini(t testing.TB) Signer {
	t.Helper()
	text, _, err := NewMinisign("")
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseMinisign("test", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newSM2(t testing.TB) Signer {
	t.Helper()
	text, _, err := NewSM2("")
	if err != nil {
		t.Fatal(err)
	}
	s, err := ParseSM2("test", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shelf is a published version in memory.
type shelf map[string][]byte

func (s shelf) read(_ context.Context, name string) ([]byte, error) {
	if b, ok := s[name]; ok {
		return b, nil
	}
	return nil, os.ErrNotExist
}

type closing struct{ *bytes.Reader }

func (closing) Close() error { return nil }

func (s shelf) open(name string) (io.ReadSeekCloser, error) {
	b, err := s.read(context.Background(), name)
	return closing{bytes.NewReader(b)}, err
}

func (s shelf) clone() shelf {
	out := shelf{}
	for k, v := range s {
		out[k] = bytes.Clone(v)
	}
	return out
}

// release is demo at a sequence, unsigned, as merge leaves it.
func release(t testing.TB, version string, sequence int64) (shelf, *manifest.Manifest) {
	t.Helper()
	s := shelf{"demo.tar.gz": []byte("the archive of " + version), "notes.txt": []byte("notes\n")}
	m := &manifest.Manifest{Schema: 1, Project: "demo", Version: version, Sequence: sequence, Plan: "sha256:00"}
	for _, name := range []string{"demo.tar.gz", "notes.txt"} {
		sum := sha256.Sum256(s[name])
		m.Artifacts = append(m.Artifacts, manifest.Artifact{Name: name, Kind: manifest.KindArchive, Size: int64(len(s[name])), SHA256: hex.EncodeToString(sum[:]), CRC64: "1"})
	}
	body, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	s[manifest.FileName], s[manifest.SumsName] = body, m.Sums()
	return s, m
}

// sign signs what is on the shelf and puts the signatures there.
func (s shelf) sign(t testing.TB, m *manifest.Manifest, signers ...Signer) []string {
	t.Helper()
	g := Signing{Manifest: m, Body: s[manifest.FileName], Sums: s[manifest.SumsName], Open: s.open, Have: map[string][]byte{}}
	for name, b := range s {
		if manifest.Sidecar(name) {
			g.Have[name] = b
		}
	}
	for _, x := range signers {
		g.Signers = append(g.Signers, x)
	}
	made, err := Sign(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range made {
		s[f.Name] = f.Data
		names = append(names, f.Name)
	}
	return names
}

func (s shelf) check(t testing.TB, o Options) []Finding {
	t.Helper()
	m, err := manifest.Parse("m", s[manifest.FileName])
	if err != nil {
		return []Finding{{Code: "VRF006", Severity: "error", Subject: manifest.FileName}}
	}
	r := &Release{Manifest: m, Raw: s[manifest.FileName], Read: s.read}
	for name := range s {
		if manifest.Sidecar(name) {
			r.Sidecars = append(r.Sidecars, name)
		}
	}
	found, _, err := Check(t.Context(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func failures(all []Finding) []Finding {
	var out []Finding
	for _, f := range all {
		if f.Text.EN == "" && f.Code != "VRF006" || f.Text.EN != "" && f.Text.EN == f.Text.ZH {
			panic("a finding without a text: " + f.Code)
		}
		if f.Severity == "error" {
			out = append(out, f)
		}
	}
	return out
}

// onDisk writes the shelf into a folder.
func (s shelf) onDisk(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range s {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var day = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func unix(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("file modes are a Unix matter")
	}
}
