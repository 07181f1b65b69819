package sbom

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// The modules that this project itself links, as they lie in the module cache.
func TestLicensesOfRealModules(t *testing.T) {
	for path, want := range map[string]string{
		"golang.org/x/mod": "BSD-3-Clause", "github.com/spf13/cobra": "Apache-2.0", "go.yaml.in/yaml/v3": "Apache-2.0 AND MIT",
		"github.com/klauspost/compress": "Apache-2.0 AND BSD-3-Clause AND MIT", "github.com/google/licensecheck": "BSD-3-Clause",
	} {
		out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		l, err := ReadLicense(strings.TrimSpace(string(out)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if l.Expression() != want {
			t.Errorf("%s: %q, want %q (%+v)", path, l.Expression(), want, l)
		}
	}
}

func TestReadLicense(t *testing.T) {
	mit, err := os.ReadFile(filepath.Join("..", "..", "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	own := string(mit) // Apache-2.0
	for name, tc := range map[string]struct {
		files   map[string]string
		want    string
		unknown string
	}{
		"one":              {map[string]string{"LICENSE": own}, "Apache-2.0", ""},
		"British, lower":   {map[string]string{"licence.md": own}, "Apache-2.0", ""},
		"none":             {map[string]string{"README": own}, "", ""},
		"code":             {map[string]string{"license.go": "package x", "LICENSE.txt": own}, "Apache-2.0", ""},
		"documentation":    {map[string]string{"LICENSE.docs": "All rights reserved.", "LICENSE": own}, "Apache-2.0", ""},
		"own words":        {map[string]string{"LICENSE": "You may not do anything with this."}, "", "LICENSE"},
		"one of two":       {map[string]string{"COPYING": own, "LICENSE": "See COPYING, and pay."}, "", "LICENSE"},
		"words added":      {map[string]string{"LICENSE": own + strings.Repeat("and you owe us your house and your garden and all ", 400)}, "", "LICENSE"},
		"a folder is none": {map[string]string{"licenses/x": own}, "", ""},
		"empty":            {map[string]string{"LICENSE": ""}, "", "LICENSE"},
	} {
		dir := t.TempDir()
		for n, text := range tc.files {
			path := filepath.Join(dir, n)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		l, err := ReadLicense(dir, nil)
		file, unknown := l.Unknown()
		if err != nil || l.Expression() != tc.want || file != tc.unknown || unknown != (tc.want == "") {
			t.Errorf("%s: %q, unknown %q %v, %v", name, l.Expression(), file, unknown, err)
		}
	}
	if _, err := ReadLicense(filepath.Join(t.TempDir(), "gone"), nil); err == nil {
		t.Error("a folder that is not there has a licence")
	}
}

func TestPolicy(t *testing.T) {
	file := func(ids ...string) License { return License{Files: []LicenseFile{{"LICENSE", ids}}} }
	m := Module{Path: "example.cn/m", Version: "v1.0.0"}
	for name, tc := range map[string]struct {
		p    Policy
		l    License
		want string
	}{
		"nothing asked":          {Policy{}, file("GPL-3.0"), ""},
		"denied":                 {Policy{Deny: []string{"GPL-3.0"}}, file("GPL-3.0"), "GPL-3.0 LICENSE"},
		"denied in a later form": {Policy{Deny: []string{"GPL-3.0"}}, file("GPL-3.0-or-later"), "GPL-3.0-or-later LICENSE"},
		"another version":        {Policy{Deny: []string{"GPL-3.0"}}, file("GPL-2.0"), ""},
		"LGPL is not GPL":        {Policy{Deny: []string{"GPL-3.0"}}, file("LGPL-3.0"), ""},
		"one of two denied":      {Policy{Deny: []string{"GPL-2.0"}}, file("MIT", "GPL-2.0"), "GPL-2.0 LICENSE"},
		"not allowed":            {Policy{Allow: []string{"MIT"}}, file("Apache-2.0"), "Apache-2.0 LICENSE"},
		"allowed":                {Policy{Allow: []string{"MIT", "Apache-2.0"}}, file("Apache-2.0", "MIT"), ""},
		"unknown, allow list":    {Policy{Allow: []string{"MIT"}}, file(), "unknown LICENSE"},
		"unknown denied":         {Policy{Deny: []string{"unknown"}}, License{}, "unknown "},
		"unknown not denied":     {Policy{Deny: []string{"MIT"}}, License{}, ""},
		"excused":                {Policy{Deny: []string{"unknown"}, Except: map[string]string{"example.cn/m": "asked the author"}}, License{}, ""},
		"another excused":        {Policy{Deny: []string{"unknown"}, Except: map[string]string{"example.cn/n": "asked"}}, License{}, "unknown "},
	} {
		got := ""
		if r := tc.p.Judge(m, tc.l); r != nil {
			got = r.License + " " + r.File
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestPolicyNamesThatNeverMatch(t *testing.T) {
	if err := (Policy{Allow: []string{"MIT", "GPL-3.0-only", "GPL-2.0"}, Deny: []string{"unknown", "SSPL-1.0", "AGPL-3.0"}}).Check(); err != nil {
		t.Error(err)
	}
	for _, id := range []string{"GPL3", "mit", "Apache 2.0"} {
		err := Policy{Deny: []string{id}}.Check()
		if err == nil || msg.KindOf(err) != msg.Usage || !strings.Contains(err.Error(), id) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestDiffers(t *testing.T) {
	p := []*Program{sample().Binaries[1].Programs[0]}
	all := Modules(p, "1.2.3")
	if d := (Linked{Modules: all}).Differs(p, "1.2.3"); d != "" {
		t.Errorf("equal lists differ in %s", d)
	}
	for name, tc := range map[string]struct {
		said []string
		want string
	}{
		"one is missing":   {all[1:], all[0]},
		"one too many":     {append(slices.Clone(all), "example.cn/x@v1.0.0"), "example.cn/x@v1.0.0"},
		"another sum":      {append(slices.Clone(all[1:]), "example.cn/Upper+plus@v2.0.0+incompatible h1:no="), all[0]},
		"a sum is missing": {append(slices.Clone(all[1:]), "example.cn/Upper+plus@v2.0.0+incompatible"), ""},
	} {
		if got := (Linked{Modules: tc.said}).Differs(p, "1.2.3"); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	if (Linked{Modules: all}).Differs(p, "1.2.4") == "" {
		t.Error("another version of the main module is no difference")
	}
}
