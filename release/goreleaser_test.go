package release

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

const artifactsGolden = `[
  {"name":"hello","path":"dist/parts/linux_amd64/bin/hello/hello","goos":"linux","goarch":"amd64","goamd64":"v1","target":"linux_amd64_v1","type":"Binary","extra":{"Binary":"hello","Builder":"go","Ext":"","ID":"hello"}}
  {"name":"hello","path":"dist/parts/linux_arm64/bin/hello/hello","goos":"linux","goarch":"arm64","goarm64":"v8.0","target":"linux_arm64_v8.0","type":"Binary","extra":{"Binary":"hello","Builder":"go","Ext":"","ID":"hello"}}
  {"name":"SHA256SUMS","path":"dist/SHA256SUMS","type":"Checksum","extra":{"Checksum":"sha256:SUM"}}
  {"name":"hello_1.2.3_linux_amd64.tar.gz","path":"dist/hello_1.2.3_linux_amd64.tar.gz","goos":"linux","goarch":"amd64","goamd64":"v1","target":"linux_amd64_v1","type":"Archive","extra":{"Binaries":["hello"],"Checksum":"sha256:SUM","Format":"tar.gz","ID":"default"}}
  {"name":"hello_1.2.3_linux_arm64.tar.gz","path":"dist/hello_1.2.3_linux_arm64.tar.gz","goos":"linux","goarch":"arm64","goarm64":"v8.0","target":"linux_arm64_v8.0","type":"Archive","extra":{"Binaries":["hello"],"Checksum":"sha256:SUM","Format":"tar.gz","ID":"default"}}
  {"name":"metadata.json","path":"dist/metadata.json","type":"Metadata"}
]`

func TestGoReleaserFiles(t *testing.T) {
	r, dist := copyOfBuilt(t)
	b, err := os.ReadFile(filepath.Join(dist, artifactsFile))
	if err != nil {
		t.Fatal(err)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	lines := []string{"["}
	for _, raw := range list {
		var a grArtifact
		if err := json.Unmarshal(raw, &a); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, "  "+regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAllString(string(text), "SUM"))
	}
	want(t, artifactsFile, strings.Join(append(lines, "]"), "\n"), artifactsGolden)

	var meta map[string]any
	if err := readJSON(filepath.Join(dist, metadataFile), &meta); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(meta)
	if err != nil {
		t.Fatal(err)
	}
	want(t, metadataFile, string(text), `{"commit":"","date":"1980-01-01T00:00:00Z","previous_tag":"","project_name":"hello","runtime":{"goarch":"`+runtime.GOARCH+`","goos":"`+runtime.GOOS+`"},"tag":"v1.2.3","version":"1.2.3"}`)
	if m, err := ReadDist(context.Background(), dist); err != nil || m.Plan != r.Plan.Digest {
		t.Errorf("our own dist: %v %+v", err, m)
	}
}

// Every target survives the way into GoReleaser's words and back.
func TestGoReleaserTargets(t *testing.T) {
	for _, s := range []string{"linux/amd64", "linux/amd64/v3", "linux/386", "linux/arm/6", "linux/arm64", "linux/loong64", "linux/mips64le", "linux/ppc64le", "linux/riscv64", "windows/amd64", "darwin/arm64", "linux/s390x"} {
		tt, err := target.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		var a grArtifact
		a.setTarget(tt)
		if got := a.target(); got == nil || *got != tt {
			t.Errorf("%s comes back as %v from %+v", tt, got, a)
		}
	}
	for _, a := range []grArtifact{{}, {Goos: "darwin", Goarch: "all"}, {Goos: "plan10", Goarch: "amd64"}} {
		if got := a.target(); got != nil {
			t.Errorf("%+v is %v", a, got)
		}
	}
}

// theirs is a dist as GoReleaser leaves it, copied under another name: raw
// binaries in folders of their targets, an archive, a bare binary by its
// template's name, and what is no artifact.
func theirs(t *testing.T) string {
	t.Helper()
	r, err := built()
	if err != nil {
		t.Fatal(err)
	}
	dist := filepath.Join(t.TempDir(), "copied")
	put := func(from, to string) {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		files{to: string(b)}.write(t, dist)
	}
	for i, at := range []string{"hello_linux_amd64_v1", "hello_linux_arm64_v8.0"} {
		put(filepath.Join(parts(r, r.Dist)[i], "bin", "hello", "hello"), at+"/hello")
	}
	put(filepath.Join(r.Dist, "hello_1.2.3_linux_amd64.tar.gz"), "hello_1.2.3_linux_amd64.tar.gz")
	files{
		"checksums.txt": "sums\n", "CHANGELOG.md": "x", "config.yaml": "x",
		"metadata.json": `{"project_name":"hello","tag":"v1.2.3","previous_tag":"v1.2.2","version":"1.2.3","commit":"abc","date":"2026-01-02T03:04:05.678+08:00","runtime":{"goos":"linux","goarch":"amd64"}}`,
		"artifacts.json": `[
{"name":"metadata.json","path":"dist/metadata.json","internal_type":30,"type":"Metadata"},
{"name":"hello_1.2.3_linux_amd64.tar.gz","path":"dist/hello_1.2.3_linux_amd64.tar.gz","goos":"linux","goarch":"amd64","goamd64":"v1","target":"linux_amd64_v1","internal_type":1,"type":"Archive","extra":{"Binaries":["hello"],"Checksum":"sha256:00","Format":"tar.gz","ID":"default","Replaces":null,"WrappedIn":""}},
{"name":"hello","path":"dist/hello_linux_amd64_v1/hello","goos":"linux","goarch":"amd64","goamd64":"v1","target":"linux_amd64_v1","internal_type":4,"type":"Binary","extra":{"Binary":"hello","Builder":"go","Ext":"","ID":"hello"}},
{"name":"hello","path":"dist/hello_linux_arm64_v8.0/hello","goos":"linux","goarch":"arm64","goarm64":"v8.0","target":"linux_arm64_v8.0","internal_type":4,"type":"Binary","extra":{"Binary":"hello","Builder":"go","Ext":"","ID":"hello"}},
{"name":"hello_1.2.3_linux_amd64","path":"dist/hello_linux_amd64_v1/hello","goos":"linux","goarch":"amd64","goamd64":"v1","target":"linux_amd64_v1","internal_type":2,"type":"Binary","extra":{"Binary":"hello","Checksum":"sha256:00","Ext":"","Format":"binary","ID":"bare"}},
{"name":"hello_1.2.3_linux_arm64","path":"dist/hello_linux_arm64_v8.0/hello","goos":"linux","goarch":"arm64","goarm64":"v8.0","target":"linux_arm64_v8.0","internal_type":2,"type":"Binary","extra":{"Binary":"hello","Checksum":"sha256:00","Ext":"","Format":"binary","ID":"bare"}},
{"name":"checksums.txt","path":"dist/checksums.txt","internal_type":12,"type":"Checksum","extra":{}}
]`}.write(t, dist)
	return dist
}

func TestReadDistOfGoReleaser(t *testing.T) {
	ctx := context.Background()
	dist := theirs(t)
	m, err := ReadDist(ctx, dist)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	var got []string
	open := FilesIn(dist)
	for _, a := range m.Artifacts {
		tt := "-"
		if a.Target != nil {
			tt = a.Target.String()
		}
		bins := ""
		for _, b := range a.Binaries {
			bins += " " + b.Path
			if !b.Verdict.OK || b.Build != "hello" && a.Kind == manifest.KindArchive {
				t.Errorf("%s: %+v", a.Name, b)
			}
		}
		got = append(got, strings.Join(strings.Fields(a.Name+" "+string(a.Kind)+" "+tt+" "+a.Format+bins), " "))
		f, err := open(a.Name)
		if err != nil {
			t.Errorf("%s cannot be opened for publishing: %v", a.Name, err)
			continue
		}
		if n, err := io.Copy(io.Discard, f); err != nil || n != a.Size {
			t.Errorf("%s: %d bytes, %v, want %d", a.Name, n, err, a.Size)
		}
		f.Close()
	}
	want(t, "artifacts", strings.Join(got, "\n"), `
checksums.txt checksum -
hello_1.2.3_linux_amd64 binary linux/amd64 hello_1.2.3_linux_amd64
hello_1.2.3_linux_amd64.tar.gz archive linux/amd64 tar.gz hello
hello_1.2.3_linux_arm64 binary linux/arm64 hello_1.2.3_linux_arm64`)
	if m.Project != "hello" || m.Version != "1.2.3" || m.Commit != "abc" || m.Go == "" || m.Plan != "" || m.CommitTime.Format("15:04:05 MST") != "19:04:05 UTC" {
		t.Errorf("%+v", m)
	}
	for _, tc := range []struct {
		name string
		do   func(dist string) error
		want string
	}{
		{"not a dist", func(d string) error { return os.Remove(filepath.Join(d, artifactsFile)) }, "neither manifest.json nor artifacts.json"},
		{"no metadata", func(d string) error { return os.Remove(filepath.Join(d, metadataFile)) }, metadataFile},
		{"a file that is missing", func(d string) error { return os.Remove(filepath.Join(d, "checksums.txt")) }, "checksums.txt"},
		{"a file that leads outside", func(d string) error {
			edit(t, filepath.Join(d, artifactsFile), `"dist/checksums.txt"`, `"dist/../../secret"`)
			return os.WriteFile(filepath.Join(d, "..", "..", "secret"), nil, 0o644)
		}, "secret"},
	} {
		dist := theirs(t)
		if err := tc.do(dist); err != nil {
			t.Fatal(err)
		}
		_, err := ReadDist(ctx, dist)
		says(t, err, tc.want)
	}
}
