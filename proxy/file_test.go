package proxy

import (
	"errors"
	"path"
	"strings"
	"testing"

	"golang.org/x/mod/module"
)

// P1, P2: what is no file of the protocol exists nowhere, and what is one has
// exactly the escaped form that x/mod gives it.
func TestP1P2Parse(t *testing.T) {
	for _, tt := range []struct {
		path string
		want File // the zero File: not found
	}{
		{"example.com/hello/@v/list", File{List, "example.com/hello", ""}},
		{"example.com/hello/@latest", File{Latest, "example.com/hello", ""}},
		{"example.com/hello/@v/v1.0.0.info", File{Info, "example.com/hello", "v1.0.0"}},
		{"example.com/hello/@v/v1.0.0.mod", File{Mod, "example.com/hello", "v1.0.0"}},
		{"example.com/hello/@v/v1.0.0.zip", File{Zip, "example.com/hello", "v1.0.0"}},
		{"github.com/!burnt!sushi/toml/@v/v1.0.0-!r!c1.zip", File{Zip, "github.com/BurntSushi/toml", "v1.0.0-RC1"}},
		{"gopkg.in/yaml.v3/@v/v3.0.1.mod", File{Mod, "gopkg.in/yaml.v3", "v3.0.1"}},
		{"example.com/hello/v2/@v/v2.1.0.mod", File{Mod, "example.com/hello/v2", "v2.1.0"}},
		{"example.com/hello/@v/v2.1.0+incompatible.zip", File{Zip, "example.com/hello", "v2.1.0+incompatible"}},
		{"golang.org/toolchain/@v/v0.0.1-go1.25.5.linux-amd64.zip", File{Zip, "golang.org/toolchain", "v0.0.1-go1.25.5.linux-amd64"}},
		{"example.com/hello/@v/master.info", File{Info, "example.com/hello", "master"}},
		{"example.com/hello/@v/v1.info", File{Info, "example.com/hello", "v1"}},
		{"example.com/hello/@v/v2.0.0.info", File{Info, "example.com/hello", "v2.0.0"}}, // a query: the path has no /v2

		{"", File{}},
		{"example.com/hello", File{}},
		{"example.com/hello/@v/", File{}},
		{"example.com/hello/@v/.info", File{}},
		{"example.com/hello/@v/v1.0.0", File{}},
		{"example.com/hello/@v/v1.0.0.exe", File{}},
		{"example.com/hello/@v/v1.mod", File{}},
		{"example.com/hello/@v/master.zip", File{}},
		{"example.com/hello/@v/v2.0.0.zip", File{}},
		{"example.com/hello/@v/v1.0.0.ziphash", File{}},
		{"example.com/hello/@v/v1.0.0.zip/..", File{}},
		{"example.com/hello/@v/a/b.info", File{}},
		{"github.com/BurntSushi/toml/@v/list", File{}},
		{"example.com/hello/@v/v1.0.0-RC1.mod", File{}},
		{"example.com/!!hello/@v/list", File{}},
		{"example.com/!Hello/@v/list", File{}},
		{"example.com/hello!/@v/list", File{}},
		{"example.com/../etc/@v/list", File{}},
		{"example.com/./x/@v/list", File{}},
		{"example.com//x/@v/list", File{}},
		{"/example.com/x/@v/list", File{}},
		{"example.com/x%2e%2e/@v/list", File{}},
		{`example.com/..\x/@v/list`, File{}},
		{"example.com/x\x00/@v/list", File{}},
		{"example.com/x/@v/v1.0.0\x00.mod", File{}},
		{"example.com/x/@v/...info", File{}},
		{"example.com/中文/@v/list", File{}},
		{".yingzao/records/@v/list", File{}},
		{"sumdb/sum.golang.org/@v/list", File{}},
		{"example.com/" + strings.Repeat("a", 4<<10) + "/@v/list", File{}},
	} {
		f, err := Parse(tt.path)
		if tt.want == (File{}) {
			if !errors.Is(err, ErrNotFound) || f != (File{}) {
				t.Errorf("Parse(%.80q) = %v, %v; want not found", tt.path, f, err)
			}
			if err != nil && (len(err.Error()) > 10<<10 || strings.ContainsAny(short(tt.path), "\x00\n")) {
				t.Errorf("Parse(%.80q): the error repeats too much", tt.path)
			}
			continue
		}
		if err != nil || f != tt.want {
			t.Errorf("Parse(%q) = %v, %v; want %v", tt.path, f, err, tt.want)
			continue
		}
		if got := f.Path(); got != tt.path {
			t.Errorf("Parse(%q).Path() = %q", tt.path, got)
		}
	}
}

func TestImmutable(t *testing.T) {
	for _, tt := range []struct {
		file File
		want bool
	}{
		{File{List, "example.com/a", ""}, false},
		{File{Latest, "example.com/a", ""}, false},
		{File{Info, "example.com/a", "v1.0.0"}, true},
		{File{Info, "example.com/a", "v0.0.0-20240501080000-0123456789ab"}, true},
		{File{Info, "example.com/a", "v1"}, false},
		{File{Info, "example.com/a", "main"}, false},
		{File{Info, "example.com/a", "v2.0.0"}, false},
		{File{Mod, "example.com/a", "v1.0.0"}, true},
		{File{Zip, "example.com/a", "v1.0.0"}, true},
	} {
		if got := tt.file.Immutable(); got != tt.want {
			t.Errorf("%v: Immutable() = %v", tt.file, got)
		}
	}
}

// What has no escaped form has no path either: nothing is ever stored for it.
func TestPathOfNothing(t *testing.T) {
	for _, f := range []File{{Kind: List, Module: "example"}, {Kind: Mod, Module: "example.com/a", Version: "../x"}, {Kind: Latest}} {
		if p := f.Path(); p != "" {
			t.Errorf("%v: Path() = %q", f, p)
		}
	}
}

func TestString(t *testing.T) {
	for want, f := range map[string]File{
		"example.com/a (list)":        {Kind: List, Module: "example.com/a"},
		"example.com/a@latest":        {Kind: Latest, Module: "example.com/a"},
		"example.com/a@v1.0.0 (.zip)": {Zip, "example.com/a", "v1.0.0"},
	} {
		if got := f.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

// FuzzParse holds Parse against x/mod: whatever is accepted is a valid module
// and version in its one escaped form, stays inside a tree, and comes back; and
// what x/mod escapes is accepted.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"example.com/hello/@v/list", "github.com/!burnt!sushi/toml/@v/v1.0.0.zip", "example.com/a/@latest", "example.com/a/@v/main.info",
		"a.b/@v/@v/list", "a.b/@v/v1.0.0.mod.info", "a.b/../c/@v/list", "a.b/@v/con.info", "a.b/@latest/@latest", "a.b/@v/v1.0.0+incompatible.mod",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, p string) {
		got, err := Parse(p)
		if err != nil {
			if !errors.Is(err, ErrNotFound) {
				t.Fatalf("%q: %v", p, err)
			}
			oracle(t, p)
			return
		}
		if got.Path() != p {
			t.Fatalf("%q came back as %q", p, got.Path())
		}
		if err := module.CheckPath(got.Module); err != nil {
			t.Fatalf("%q: %v", p, err)
		}
		if path.Clean(p) != p || strings.HasPrefix(p, "/") || strings.HasPrefix(p, "..") || strings.ContainsAny(p, "\\\x00%:") {
			t.Fatalf("%q is no path of a tree", p)
		}
		if got.Kind == Mod || got.Kind == Zip {
			if err := module.Check(got.Module, got.Version); err != nil {
				t.Fatalf("%q: %v", p, err)
			}
		}
	})
}

// oracle fails when x/mod sees a file of the protocol in a path that was refused.
func oracle(t *testing.T, p string) {
	mod, rest, ok := strings.Cut(p, "/@v/")
	if !ok || len(p) > maxPath {
		return
	}
	m, err := module.UnescapePath(mod)
	if err != nil {
		return
	}
	ext := path.Ext(rest)
	v, err := module.UnescapeVersion(strings.TrimSuffix(rest, ext))
	switch {
	case rest == "list", err == nil && ext == ".info":
		t.Fatalf("%q was refused", p)
	case err == nil && (ext == ".mod" || ext == ".zip") && module.CanonicalVersion(v) == v && module.Check(m, v) == nil:
		t.Fatalf("%q was refused", p)
	}
}
