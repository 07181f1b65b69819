package sbom

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

// sample has a module of each kind and two programs, without a compiler.
func sample() Subject {
	one := &Program{Go: "go1.26.8", Path: "example.cn/app", Main: Module{Path: "example.cn/app", Version: "(devel)"},
		Deps: []Module{
			{Path: "example.cn/folder", Folder: "../folder", Replaces: "example.cn/folder@v1.0.0"},
			{Path: "example.cn/fork", Version: "v1.1.0", Sum: "h1:fork=", Replaces: "example.cn/origin@v1.0.0"},
			{Path: "example.cn/Upper+plus", Version: "v2.0.0+incompatible", Sum: "h1:up="},
			{Path: "example.cn/vendored", Version: "v0.1.0"},
		},
		Settings: []debug.BuildSetting{{Key: "-compiler", Value: "gc"}, {Key: "CGO_ENABLED", Value: "0"}, {Key: "GOOS", Value: "linux"}, {Key: "-tags", Value: "netgo"}},
	}
	two := *one
	two.Settings = []debug.BuildSetting{{Key: "CGO_ENABLED", Value: "1"}}
	two.Deps = []Module{{Path: "example.cn/vendored", Version: "v0.1.0", Sum: "h1:seen="}}
	return Subject{
		Project: "app", Version: "1.2.3", Created: released1, Artifact: "app.tar.gz", SHA256: strings.Repeat("01", 32),
		Binaries: []Binary{
			{Name: "b/two", Target: "linux/arm64", SHA256: strings.Repeat("cd", 32), Programs: []*Program{&two}},
			{Name: "app", Target: "linux/amd64", SHA256: strings.Repeat("ab", 32), Flags: []string{"-trimpath", "-ldflags=-s -w -X main.v=<1>"}, Programs: []*Program{one}},
		},
		Licenses: map[string]License{
			"example.cn/fork@v1.1.0":                    {Files: []LicenseFile{{"LICENSE", []string{"Apache-2.0", "MIT"}}}},
			"example.cn/Upper+plus@v2.0.0+incompatible": {Files: []LicenseFile{{"COPYING", []string{"CommonsClause"}}}},
			"example.cn/vendored@v0.1.0":                {Files: []LicenseFile{{"LICENSE", []string{"MIT"}}, {"LICENSE-2", nil}}},
			"example.cn/app@v1.2.3":                     {Files: []LicenseFile{{"LICENSE", []string{"MIT"}}}},
		},
	}
}

func write(t testing.TB, format string, s Subject) []byte {
	t.Helper()
	b, err := Write(format, s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGolden(t *testing.T) {
	release := sample()
	release.Artifact, release.SHA256 = "", ""
	for name, doc := range map[string][]byte{
		"archive.cdx.json": write(t, CycloneDX, sample()), "archive.spdx.json": write(t, SPDX, sample()), "release.cdx.json": write(t, CycloneDX, release),
	} {
		golden := filepath.Join("testdata", name)
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(golden, doc, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(doc, want) {
			t.Errorf("%s changed:\n%s", name, doc)
		}
	}
}

func TestSameBytes(t *testing.T) {
	for _, format := range []string{CycloneDX, SPDX} {
		want := write(t, format, sample())
		s := sample()
		slices.Reverse(s.Binaries)
		s.Binaries = append(s.Binaries, s.Binaries[0])
		s.Created = released1.In(time.FixedZone("CST", 8*3600))
		if got := write(t, format, s); !bytes.Equal(got, want) {
			t.Errorf("%s: order, repetition or zone show:\n%s", format, got)
		}
		s.Binaries[0].SHA256 = strings.Repeat("ef", 32)
		s.Binaries = s.Binaries[:2]
		if id(write(t, format, s)) == id(want) {
			t.Errorf("%s: another document has the same serial number", format)
		}
	}
}

func id(doc []byte) string {
	i := bytes.Index(doc, []byte("urn:uuid:"))
	return string(doc[i : i+45])
}

func TestParseWhatWasWritten(t *testing.T) {
	s := sample()
	for _, format := range []string{CycloneDX, SPDX} {
		c, err := Parse(write(t, format, s))
		if err != nil {
			t.Fatal(err)
		}
		if c.SHA256 != s.SHA256 || len(c.Binaries) != 2 || c.Binaries[0].Name != "app" {
			t.Fatalf("%s: %+v", format, c)
		}
		want := []string{
			"example.cn/Upper+plus@v2.0.0+incompatible h1:up=", "example.cn/app@v1.2.3", "example.cn/folder", "example.cn/fork@v1.1.0 h1:fork=", "example.cn/vendored@v0.1.0 h1:seen=", "std@1.26.8",
		}
		if got := c.Binaries[0].Modules; !slices.Equal(got, want) {
			t.Errorf("%s: %q", format, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good := string(write(t, CycloneDX, sample()))
	goodSPDX := string(write(t, SPDX, sample()))
	for name, tc := range map[string]struct {
		doc     string
		foreign bool
	}{
		"nothing":          {"", true},
		"another document": {`{"a": 1}`, true},
		"another tool":     {strings.Replace(good, `"name": "yingzao"`, `"name": "syft"`, 1), true},
		"old tools":        {`{"bomFormat":"CycloneDX","metadata":{"tools":[{"name":"yingzao"}]}}`, true},
		"another creator":  {strings.Replace(goodSPDX, "Tool: yingzao", "Tool: syft-1", 1), true},
		"dangling":         {strings.Replace(good, `"bom-ref": "sha256:ab`, `"bom-ref": "sha256:ac`, 1), false},
		"dangling in SPDX": {strings.Replace(goodSPDX, `"SPDXID": "SPDXRef-Binary-ab`, `"SPDXID": "SPDXRef-Binary-ac`, 1), false},
	} {
		_, err := Parse([]byte(tc.doc))
		if err == nil || errors.Is(err, ErrForeign) != tc.foreign {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Write("xml", sample()); err == nil {
		t.Error("an unknown format is written")
	}
}

func TestMainModule(t *testing.T) {
	for _, tc := range []struct{ own, release, want string }{
		{"(devel)", "1.2.3", "example.cn/app@v1.2.3"}, {"", "1.2.3-next", "example.cn/app@v1.2.3-next"},
		{"v9.0.0", "1.2.3", "example.cn/app@v9.0.0"}, {"(devel)", "2024-nightly", "example.cn/app@2024-nightly"}, {"(devel)", "", "example.cn/app"},
	} {
		p := &Program{Main: Module{Path: "example.cn/app", Version: tc.own}}
		if got := p.main(tc.release).Key(); got != tc.want {
			t.Errorf("%q in %q: %s", tc.own, tc.release, got)
		}
	}
	if got := (&Program{Path: "command-line-arguments"}).main("1.0.0").Key(); got != "command-line-arguments@v1.0.0" {
		t.Errorf("a program made of files: %s", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(write(f, CycloneDX, sample()))
	f.Add(write(f, SPDX, sample()))
	f.Add([]byte(`{"bomFormat":"CycloneDX","metadata":{"tools":{"components":[{"name":"yingzao"}]}},"dependencies":[{"ref":"subject","dependsOn":["subject"]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if (c == nil) == (err == nil) {
			t.Error("neither an answer nor an error")
		}
		if c != nil {
			for _, b := range c.Binaries {
				if !slices.IsSorted(b.Modules) {
					t.Errorf("not sorted: %q", b.Modules)
				}
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	path := build(b, "linux", "amd64")
	for _, format := range []string{CycloneDX, SPDX} {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				s := Subject{Project: "demo", Version: "1.0.0", Binaries: []Binary{{Name: "demo", SHA256: "ab", Programs: programs(b, path)}}}
				write(b, format, s)
			}
		})
	}
}
