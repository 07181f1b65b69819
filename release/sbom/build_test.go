package sbom

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/release/inspect"
)

var released1 = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// demo is a program with a module of each kind: from the module cache by the
// modules that this one needs anyway, replaced by a folder, and its own.
var demo = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "yingzao-sbom-test-")
	if err != nil {
		return "", err
	}
	for name, text := range map[string]string{
		"demo/go.mod": "module example.cn/demo\n\ngo 1.24\n\nrequire (\n\texample.cn/lib v1.2.0\n\tgolang.org/x/mod v0.42.0\n)\n\nreplace example.cn/lib => ./lib\n",
		"demo/main.go": "package main\n\nimport (\n\t\"example.cn/lib\"\n\t\"golang.org/x/mod/semver\"\n)\n\nvar version string\n\n" +
			"func main() { println(lib.Name, version, semver.IsValid(version)) }\n",
		"demo/lib/go.mod": "module example.cn/lib\n\ngo 1.24\n",
		"demo/lib/lib.go": "package lib\n\nconst Name = \"lib\"\n",
		"demo/LICENSE":    "All rights reserved.\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, "demo"), nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := demo(); err == nil {
		os.RemoveAll(filepath.Dir(dir))
	}
	os.Exit(code)
}

// build builds the demo for a target; the sum of x/mod comes from our own go.sum.
func build(t testing.TB, goos, goarch string, flags ...string) string {
	t.Helper()
	dir, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join("..", "..", "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "demo")
	cmd := exec.Command("go", append([]string{"build", "-o", out, "-trimpath", "-buildvcs=false"}, append(flags, ".")...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-mod=mod", "GOENV=off", "GOTOOLCHAIN=local")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return out
}

func programs(t testing.TB, path string) []*Program {
	t.Helper()
	p, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// goVersion is what `go version -m` says: lines "dep path version sum", where a
// replacement stands for what it replaces.
func goVersion(t *testing.T, path string) (mods []string) {
	t.Helper()
	out, err := exec.Command("go", "version", "-m", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Split(string(out), "\n") {
		f := strings.Split(strings.TrimPrefix(l, "\t"), "\t")
		switch {
		case f[0] == "dep":
			f = append(f, "", "")
			mods = append(mods, strings.TrimSpace(f[1]+"@"+f[2]+" "+f[3]))
		case f[0] == "=>" && strings.HasPrefix(f[1], "."): // a folder stands for the module by the module's name
			last := strings.Fields(mods[len(mods)-1])[0]
			mods[len(mods)-1], _, _ = strings.Cut(last, "@")
		case f[0] == "=>":
			mods[len(mods)-1] = f[1] + "@" + f[2] + " " + f[3]
		}
	}
	slices.Sort(mods)
	return mods
}

// deps are the components of a document that are neither the main module nor std.
func deps(t *testing.T, doc []byte, main string) (out []string) {
	t.Helper()
	c, err := Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Binaries) != 1 {
		t.Fatalf("%d binaries", len(c.Binaries))
	}
	for _, m := range c.Binaries[0].Modules {
		if !strings.HasPrefix(m, "std@") && !strings.HasPrefix(m, main+"@") {
			out = append(out, m)
		}
	}
	return out
}

// The component list is that of go version -m: for systems and architectures, stripped
// or not, and for the program that this project is.
func TestComponentsAreThoseOfGoVersion(t *testing.T) {
	type tc struct{ name, path, main string }
	cases := []tc{
		{"linux", build(t, "linux", "amd64"), "example.cn/demo"},
		{"stripped", build(t, "linux", "arm64", "-ldflags=-s -w"), "example.cn/demo"},
		{"loong64", build(t, "linux", "loong64", "-ldflags=-s -w"), "example.cn/demo"},
		{"windows", build(t, "windows", "amd64"), "example.cn/demo"},
		{"darwin", build(t, "darwin", "arm64", "-ldflags=-s -w"), "example.cn/demo"},
	}
	own := filepath.Join(t.TempDir(), "yingzao")
	cmd := exec.Command("go", "build", "-o", own, "-ldflags=-s -w", "../../cmd/yingzao")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	cases = append(cases, tc{"yingzao", own, "github.com/yingzao-dev/yingzao"})
	for _, c := range cases {
		want := goVersion(t, c.path)
		for _, format := range []string{CycloneDX, SPDX} {
			doc, err := Write(format, subject(t, c.path))
			if err != nil {
				t.Fatal(err)
			}
			if got := deps(t, doc, c.main); !slices.Equal(got, want) || len(want) < 2 {
				t.Errorf("%s %s: the document has\n%s\ngo version -m says\n%s", c.name, format, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		t.Logf("%s: %d modules equal", c.name, len(want))
	}
}

// A universal binary has the modules of all its slices.
func TestUniversal(t *testing.T) {
	arm, intel := build(t, "darwin", "arm64"), build(t, "darwin", "amd64")
	fat := filepath.Join(t.TempDir(), "fat")
	out, err := os.Create(fat)
	if err != nil {
		t.Fatal(err)
	}
	a, errA := os.Open(arm)
	b, errB := os.Open(intel)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	defer a.Close()
	defer b.Close()
	if err := inspect.WriteUniversal(out, section(t, a), section(t, b)); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	p := programs(t, fat)
	if len(p) != 2 || p[0].setting("GOARCH") == p[1].setting("GOARCH") {
		t.Fatalf("%d programs", len(p))
	}
	if got, want := Modules(p, "1.0.0"), Modules(programs(t, arm), "1.0.0"); !slices.Equal(got, want) {
		t.Errorf("%q, of one slice %q", got, want)
	}
	f := (Binary{Programs: p}).facts()
	for _, arch := range []string{"amd64", "arm64"} {
		if !slices.Contains(f, pair{"go.build.GOARCH", arch}) {
			t.Errorf("no GOARCH=%s in %v", arch, f)
		}
	}
	if err := os.Truncate(fat, 1<<16); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(fat); err == nil {
		t.Error("a universal binary that is cut short is read")
	}
}

func TestNoBuildInformation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	for _, text := range []string{"", "#!/bin/sh\n", "\x7fELF\x02\x01\x01", "\xca\xfe\xba\xbe\x00\x00\x00\x01"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFile(path); err == nil {
			t.Errorf("%q is read", text)
		}
	}
	if _, err := ReadFile(path + "y"); err == nil {
		t.Error("a file that is not there is read")
	}
}

// subject is the document about one bare binary.
func subject(t testing.TB, path string) Subject {
	t.Helper()
	sum := strings.Repeat("ab", 32)
	return Subject{Project: "demo", Version: "1.2.3", Created: released1, Artifact: filepath.Base(path), SHA256: sum,
		Binaries: []Binary{{Name: filepath.Base(path), Target: runtime.GOOS, SHA256: sum, Flags: []string{"-trimpath", "-ldflags=-s -w"}, Programs: programs(t, path)}}}
}

func section(t *testing.T, f *os.File) *io.SectionReader {
	t.Helper()
	fi, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return io.NewSectionReader(f, 0, fi.Size())
}
