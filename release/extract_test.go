package release

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

func TestExtract(t *testing.T) {
	sum := func(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	for name, text := range map[string]string{"README.md": "read me", "app/prog": "program"} {
		w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text)), Typeflag: tar.TypeReg})
		io.WriteString(w, text)
	}
	w.Close()
	z.Close()
	files := map[string][]byte{"a.tar.gz": packed.Bytes(), "prog_linux_arm64": []byte("bare"), "prog.deb": []byte("no deb")}
	amd, arm := target.Target{OS: "linux", Arch: "amd64"}, target.Target{OS: "linux", Arch: "arm64"}
	artifact := func(name string, kind manifest.Kind, to target.Target, path, inner string) manifest.Artifact {
		return manifest.Artifact{Name: name, Kind: kind, Size: int64(len(files[name])), SHA256: sum(files[name]),
			Binaries: []manifest.Binary{{Path: path, Target: to, SHA256: sum([]byte(inner)), Main: "./cmd/prog"}}}
	}
	good := func() *manifest.Manifest {
		return &manifest.Manifest{Project: "p", Version: "1", Artifacts: []manifest.Artifact{
			artifact("prog.deb", manifest.KindPackage, amd, "usr/bin/prog", "x"),
			artifact("a.tar.gz", manifest.KindArchive, amd, "app/prog", "program"),
			artifact("prog_linux_arm64", manifest.KindBinary, arm, "prog_linux_arm64", "bare"),
		}}
	}
	open := func(name string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files[name])), nil }
	dir := t.TempDir()
	all, err := Extract(context.Background(), good(), open, "prog", nil, dir)
	if err != nil || len(all) != 2 {
		t.Fatalf("%v, %v", all, err)
	}
	for i, want := range []string{"program", "bare"} {
		if got, err := os.ReadFile(all[i].Path); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", all[i].Target, got, err)
		}
	}
	if list, _ := filepath.Glob(filepath.Join(dir, "*")); len(list) != 2 {
		t.Errorf("left %v", list)
	}
	only := func(to target.Target) bool { return to == arm }
	if all, err := Extract(context.Background(), good(), open, "prog", only, t.TempDir()); err != nil || len(all) != 1 || all[0].Target != arm {
		t.Errorf("%v, %v", all, err)
	}

	for what, c := range map[string]struct {
		change func(m *manifest.Manifest)
		want   string
	}{
		"another archive":      {func(m *manifest.Manifest) { m.Artifacts[1].SHA256 = sum(nil) }, "the manifest says"},
		"another program":      {func(m *manifest.Manifest) { m.Artifacts[1].Binaries[0].SHA256 = sum(nil) }, "the manifest says"},
		"a shorter archive":    {func(m *manifest.Manifest) { m.Artifacts[1].Size = 3 }, "the manifest says"},
		"not in the archive":   {func(m *manifest.Manifest) { m.Artifacts[1].Binaries[0].Path = "prog" }, "it is not there"},
		"no program anywhere":  {func(m *manifest.Manifest) { m.Artifacts = m.Artifacts[:1] }, "holds no program prog"},
		"another bare program": {func(m *manifest.Manifest) { m.Artifacts[2].SHA256 = sum(nil) }, "prog_linux_arm64"},
	} {
		m := good()
		c.change(m)
		if _, err := Extract(context.Background(), m, open, "prog", nil, t.TempDir()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
