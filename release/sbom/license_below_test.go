package sbom

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Licences beside taken-over packages count, those of folders that are not linked do not.
func TestReadLicenses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"LICENSE": "A", "a/b/LICENSE": "B", "a/COPYING": "C", "a/b/c/x.go": "", "gpl/LICENSE": "G", "a/b/testdata/LICENSE": "G",
		"choice/LICENSE-APACHE": "Apache-2.0", "choice/LICENSE-MIT": "MIT", "odd/LICENSE": "?",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	scan := func(text []byte) []string {
		if string(text) == "?" {
			return nil
		}
		return []string{string(text)}
	}
	for _, tc := range []struct {
		packages         []string
		expression, file string
		refused          string // by a policy that denies G, C and unknown
	}{
		{nil, "A", "", ""},
		{[]string{"x/y"}, "A", "", ""},
		{[]string{"gpl"}, "A AND G", "", "gpl/LICENSE"},
		{[]string{"a/b/c", "a/b"}, "A AND B AND C", "", "a/COPYING"},
		{[]string{"choice"}, "A AND (Apache-2.0 OR MIT)", "", ""},
		{[]string{"odd", "choice"}, "", "odd/LICENSE", "odd/LICENSE"},
	} {
		l, err := ReadLicenses(dir, tc.packages, scan)
		if err != nil {
			t.Fatal(err)
		}
		if file, _ := l.Unknown(); l.Expression() != tc.expression || file != tc.file {
			t.Errorf("%q: %q, unknown %q", tc.packages, l.Expression(), file)
		}
		r := Policy{Deny: []string{"G", "C", UnknownLicense, "MIT"}}.Judge(Module{Path: "m"}, l)
		if r == nil && tc.refused != "" || r != nil && r.File != tc.refused {
			t.Errorf("%q: %+v", tc.packages, r)
		}
	}
	// Several looks are one, in any order.
	one, err := ReadLicenses(dir, []string{"a/b"}, scan)
	if err != nil {
		t.Fatal(err)
	}
	two, err := ReadLicenses(dir, []string{"gpl", "a"}, scan)
	if err != nil {
		t.Fatal(err)
	}
	var none License
	if both := one.With(two); !reflect.DeepEqual(both, none.With(two).With(one)) || !slices.Equal(both.IDs(), []string{"A", "B", "C", "G"}) {
		t.Errorf("%+v", both)
	}
	if _, err := ReadLicenses(filepath.Join(dir, "gone"), []string{"a"}, scan); err == nil {
		t.Error("a module that is not there has a licence")
	}
	for format, want := range map[string]string{CycloneDX: `"value": "a/COPYING: C"`, SPDX: `go.license=a/COPYING: C`} {
		m := Module{Path: "example.cn/m", Version: "v1.0.0"}
		doc, err := Write(format, Subject{Project: "p", Version: "1", Licenses: map[string]License{m.Key(): one}, Binaries: []Binary{{Name: "p", SHA256: "00", Programs: []*Program{{Deps: []Module{m}}}}}})
		if err != nil || !strings.Contains(string(doc), want) {
			t.Errorf("%s: %v\n%s", format, err, doc)
		}
	}
}
