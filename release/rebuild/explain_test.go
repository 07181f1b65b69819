package rebuild

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// sectionOf finds a section of an executable.
func sectionOf(t *testing.T, path, name string) part {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all, _ := parts(b)
	i := slices.IndexFunc(all, func(p part) bool { return p.name == name })
	if i < 0 {
		t.Fatalf("%s has no section %s", path, name)
	}
	return all[i]
}

// Every way in which somebody else's binary can differ is made by the real go
// command; each is named with a section and a cause.
func TestPlantedDifferencesInBinaries(t *testing.T) {
	env := environ(t)
	dir := project(t, env)
	const usual = "-s -w -X main.version=1"
	build := func(t *testing.T, dir string, extra []string, args ...string) string {
		t.Helper()
		out := filepath.Join(t.TempDir(), "hello")
		run(t, dir, slices.Concat(env, []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64"}, extra), "go", slices.Concat([]string{"build", "-buildvcs=false", "-trimpath", "-ldflags=" + usual, "-o", out}, args)...)
		return out
	}
	reference := build(t, dir, nil)
	for _, tc := range []struct {
		name    string
		section string // one that has to be named
		cause   string // the first
		says    string // of the cause: published or rebuilt
		make    func(t *testing.T) string
	}{
		{"ldflags -X", ".note.go.buildid", CauseLdflags, "", func(t *testing.T) string { return build(t, dir, nil, "-ldflags=-s -w -X main.version=2") }},
		{"ldflags -X of another length", ".note.go.buildid", CauseLdflags, "", func(t *testing.T) string {
			return build(t, dir, nil, "-ldflags=-s -w -X main.version=a-much-longer-version-of-it")
		}},
		{"ldflags without -s", ".symtab", CauseLdflags, "", func(t *testing.T) string { return build(t, dir, nil, "-ldflags=-X main.version=1") }},
		{"tags", ".go.buildinfo", CauseTags, "-tags=special", func(t *testing.T) string { return build(t, dir, nil, "-tags=special") }},
		{"level", ".text", CauseLevel, "GOAMD64=v3", func(t *testing.T) string { return build(t, dir, []string{"GOAMD64=v3"}) }},
		{"trimpath", ".gopclntab", CauseTrimpath, "-trimpath=true", func(t *testing.T) string { return build(t, dir, nil, "-trimpath=false") }},
		{"sources", ".note.go.buildid", CauseSources, "", func(t *testing.T) string {
			other := project(t, env, files{"a.go": strings.Replace(hello["a.go"], "plain", "other", 1)})
			return build(t, other, nil)
		}},
		{"vendor", ".go.buildinfo", CauseVendor, "", func(t *testing.T) string {
			other := project(t, env)
			run(t, other, env, "go", "mod", "vendor")
			return build(t, other, nil)
		}},
		{"vcs", ".go.buildinfo", CauseVCS, "vcs=git", func(t *testing.T) string {
			needs(t, "git")
			other := project(t, env)
			run(t, other, env, "git", "init", "-q")
			run(t, other, env, "git", "add", "-A")
			run(t, other, env, "git", "commit", "-q", "-m", "x")
			return build(t, other, nil, "-buildvcs=true")
		}},
		{"toolchain", ".go.buildinfo", CauseToolchain, "go1.2x.", func(t *testing.T) string {
			out := build(t, dir, nil)
			b, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			v := goEnv()["GOVERSION"]
			p := sectionOf(t, out, ".go.buildinfo")
			was := cut(b, p)
			is := bytes.Replace(was, []byte(v), []byte("go1.2x."+v[7:]), 1)
			if bytes.Equal(is, was) {
				t.Skipf("%s does not stand in .go.buildinfo", v)
			}
			copy(b[p.offset:], is)
			if err := os.WriteFile(out, b, 0o755); err != nil {
				t.Fatal(err)
			}
			return out
		}},
		{"a byte of the code", ".text", CauseTampered, "", func(t *testing.T) string {
			out := build(t, dir, nil)
			p := sectionOf(t, out, ".text")
			flip(t, out, p.offset+p.size/2)
			return out
		}},
		{"a byte of the header", "(headers)", CauseTampered, "", func(t *testing.T) string {
			out := build(t, dir, nil)
			flip(t, out, 9) // e_ident's padding
			return out
		}},
		{"bytes at the end", "(headers)", CauseTampered, "", func(t *testing.T) string {
			out := build(t, dir, nil)
			f, err := os.OpenFile(out, os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				_, err = f.WriteString("payload")
				err = msg.Join(err, f.Close())
			}
			if err != nil {
				t.Fatal(err)
			}
			return out
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			published := tc.make(t)
			diffs, err := Explain(context.Background(), published, reference, manifest.KindBinary)
			if err != nil || len(diffs) != 1 || diffs[0].Kind != Content {
				t.Fatalf("%v: %+v", err, diffs)
			}
			d := diffs[0]
			if !slices.ContainsFunc(d.Sections, func(s Section) bool { return s.Name == tc.section }) {
				t.Errorf("section %s is not named: %+v", tc.section, d.Sections)
			}
			if len(d.Causes) == 0 || d.Causes[0].Code != tc.cause || !strings.Contains(d.Causes[0].Published+d.Causes[0].Rebuilt, tc.says) {
				t.Errorf("causes %+v, want %s with %q", d.Causes, tc.cause, tc.says)
			}
			for _, c := range d.Causes {
				if c.Text.In(msg.Chinese) == c.Text.EN {
					t.Errorf("cause %s is not told in Chinese", c.Code)
				}
			}
			if tc.cause == CauseTampered && tc.section == ".text" {
				p := sectionOf(t, reference, ".text")
				if want := p.offset + p.size/2; len(d.Sections) != 1 || d.Sections[0].Offset != want || d.Sections[0].Bytes != 1 {
					t.Errorf("the byte at %d is not located: %+v", want, d.Sections)
				}
			}
		})
	}
}

// The other formats are taken apart too.
func TestSectionsOfOtherFormats(t *testing.T) {
	env := environ(t)
	dir := project(t, env)
	for _, tc := range []struct{ goos, section string }{{"windows", ".text"}, {"darwin", "__TEXT,__text"}} {
		var out [2]string
		for i := range out {
			out[i] = filepath.Join(t.TempDir(), "hello")
			run(t, dir, append(slices.Clone(env), "CGO_ENABLED=0", "GOARCH=amd64", "GOOS="+tc.goos), "go", "build", "-buildvcs=false", "-trimpath", "-o", out[i])
		}
		p := sectionOf(t, out[0], tc.section)
		flip(t, out[0], p.offset+p.size-3)
		diffs, err := Explain(context.Background(), out[0], out[1], manifest.KindBinary)
		if err != nil || len(diffs) != 1 || len(diffs[0].Sections) != 1 || diffs[0].Sections[0].Name != tc.section || diffs[0].Sections[0].Offset != p.offset+p.size-3 {
			t.Errorf("%s: %v %+v", tc.goos, err, diffs)
			continue
		}
		if c := diffs[0].Causes; len(c) != 1 || c[0].Code != CauseTampered {
			t.Errorf("%s: causes %+v", tc.goos, c)
		}
	}
}

func TestFirstByte(t *testing.T) {
	for _, tc := range []struct{ a, b, want string }{
		{"abcd", "abXd", "1 of 4 bytes differ, the first at offset 2"}, {"abc", "abcd", "3 bytes are published, 4 were built; the first that differs is at offset 3"},
		{"", "x", "0 bytes are published, 1 were built; the first that differs is at offset 0"},
	} {
		if got := firstByte([]byte(tc.a), []byte(tc.b)); got.EN != tc.want {
			t.Errorf("%q %q: %s", tc.a, tc.b, got.EN)
		}
	}
}

func FuzzSections(f *testing.F) {
	f.Add([]byte("\x7fELF\x02\x01\x01"), []byte("MZ"))
	if exe, err := os.Executable(); err == nil {
		if b, err := os.ReadFile(exe); err == nil {
			f.Add(b[:4096], b[:8192])
		}
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		sections, err := compareSections(a, b)
		if err != nil {
			return
		}
		if bytes.Equal(a, b) != (len(sections) == 0) {
			t.Errorf("equal %t, yet %+v", bytes.Equal(a, b), sections)
		}
		causes(a, b, sections)
	})
}
