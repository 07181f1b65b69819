package publish

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/inspect"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// The fixture is a real program, built once for several targets.
var (
	fixtureDir  string
	fixtureOnce sync.Once
	fixtureErr  error
)

var fixtureTargets = []string{"linux/amd64", "linux/arm64", "linux/loong64", "windows/amd64"}

const fixtureProgram = `package main

var version = "dev"

func main() { println("demo", version) }
`

func removeFixture() {
	if fixtureDir != "" {
		os.RemoveAll(fixtureDir)
	}
}

// program returns the executable for a target; it prints version 1.2.0.
func program(t testing.TB, tt target.Target) []byte {
	t.Helper()
	fixtureOnce.Do(buildFixture)
	if fixtureErr != nil {
		t.Fatal(fixtureErr)
	}
	b, err := os.ReadFile(filepath.Join(fixtureDir, tt.Slug()))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func buildFixture() {
	fixtureDir, fixtureErr = os.MkdirTemp("", "publish-fixture-")
	for name, content := range map[string]string{"main.go": fixtureProgram, "go.mod": "module example.com/demo\n\ngo 1.21\n"} {
		if fixtureErr == nil {
			fixtureErr = os.WriteFile(filepath.Join(fixtureDir, name), []byte(content), 0o600)
		}
	}
	for _, s := range fixtureTargets {
		if fixtureErr != nil {
			return
		}
		tt := *mustTarget(s)
		cmd := exec.Command(filepath.Join(runtime.GOROOT(), "bin", "go"), "build", "-trimpath", "-buildvcs=false",
			"-ldflags=-s -w -X main.version=1.2.0", "-o", tt.Slug(), ".")
		cmd.Dir = fixtureDir
		cmd.Env = append(append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS="), tt.Env()...)
		var out []byte
		if out, fixtureErr = cmd.CombinedOutput(); fixtureErr != nil {
			os.Stderr.Write(out)
		}
	}
}

// realRelease is demo 1.2.0: an archive for each target, a bare binary, a
// package and a text.
func realRelease(t testing.TB) *release {
	t.Helper()
	r := newRelease("demo", "1.2.0", "notes.txt=hello\n")
	r.Go = runtime.Version()
	for _, s := range fixtureTargets {
		tt := mustTarget(s)
		format, name := archive.TarGz, "bin/demo"
		if tt.OS == "windows" {
			format, name = archive.Zip, "demo.exe"
		}
		r.addArchive(t, "demo_1.2.0_"+tt.Slug()+format.Ext(), tt, format, map[string][]byte{name: program(t, *tt)})
	}
	arm := mustTarget("linux/arm64")
	r.add(manifest.Artifact{Name: "demo-arm64", Kind: manifest.KindBinary, Target: arm,
		Binaries: []manifest.Binary{binaryOf(t, "demo-arm64", *arm, program(t, *arm))}}, program(t, *arm))
	amd := mustTarget("linux/amd64")
	r.add(manifest.Artifact{Name: "demo_1.2.0_amd64.deb", Kind: manifest.KindPackage, Target: amd, Format: "deb",
		Binaries: []manifest.Binary{binaryOf(t, "usr/bin/demo", *amd, program(t, *amd))}}, []byte("!<arch>\n"))
	return r
}

// addArchive packs programs and a document; every program goes into the
// manifest.
func (r *release) addArchive(t testing.TB, name string, tt *target.Target, f archive.Format, programs map[string][]byte) {
	t.Helper()
	a := manifest.Artifact{Name: name, Kind: manifest.KindArchive, Target: tt, Format: string(f)}
	entries := []archive.Entry{entry("README.md", []byte("# demo\n"), 0o644)}
	for path, content := range programs {
		entries = append(entries, entry(path, content, 0o755))
		a.Binaries = append(a.Binaries, binaryOf(t, path, *tt, content))
	}
	var b bytes.Buffer
	if err := archive.Write(t.Context(), &b, f, entries, archive.Options{}); err != nil {
		t.Fatal(err)
	}
	r.add(a, b.Bytes())
}

func entry(name string, content []byte, mode os.FileMode) archive.Entry {
	return archive.Entry{Name: name, Mode: mode, Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}}
}

func binaryOf(t testing.TB, path string, tt target.Target, content []byte) manifest.Binary {
	t.Helper()
	b := manifest.Binary{Path: path, Build: "demo", Target: tt, Size: int64(len(content)), SHA256: sha256Of(content), Main: "."}
	facts, err := inspect.Read(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return b // the test wants it so
	}
	b.Verdict = inspect.Judge(facts, inspect.Policy{Target: tt})
	return b
}
