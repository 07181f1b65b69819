package sbom

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/licensecheck"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// The modules that this project itself links, as they lie in the module cache.
func TestLicensesOfRealModules(t *testing.T) {
	for path, want := range map[string]string{
		"golang.org/x/mod": "BSD-3-Clause", "github.com/spf13/cobra": "Apache-2.0", "go.yaml.in/yaml/v3": "Apache-2.0 AND MIT",
		"github.com/klauspost/compress": "Apache-2.0 AND BSD-3-Clause AND MIT", "github.com/google/licensecheck": "BSD-3-Clause",
		"github.com/cyphar/filepath-securejoin": "BSD-3-Clause AND MPL-2.0", "github.com/minio/md5-simd": "Apache-2.0 AND BSD-3-Clause",
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

// text is the licence of a module that has one file with one licence.
func text(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestChoice(t *testing.T) {
	apache, err := os.ReadFile(filepath.Join("..", "..", "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	a, m, b := string(apache), text(t, "github.com/mattn/go-runewidth"), text(t, "golang.org/x/mod")
	const either = "Licensed under either of\n * Apache License, Version 2.0 (LICENSE-APACHE)\n * MIT license (LICENSE-MIT)\nat your option.\n"
	const datadog = "This component is licensed under the Apache-2.0 or BSD-3-Clause. You may select, at your option, one of the above-listed licenses.\n"
	for name, tc := range map[string]struct {
		files map[string]string
		want  string // "" = unknown
	}{
		"the pair":                       {map[string]string{"LICENSE-APACHE": a, "LICENSE-MIT": m}, "Apache-2.0 OR MIT"},
		"the pair, other spelling":       {map[string]string{"LICENSE_APACHE-2.0.txt": a, "license.mit": m}, "Apache-2.0 OR MIT"},
		"the pair and a third":           {map[string]string{"LICENSE-APACHE": a, "LICENSE-MIT": m, "LICENSE-bsd": b}, "BSD-3-Clause AND (Apache-2.0 OR MIT)"},
		"the pair and a copy":            {map[string]string{"LICENSE-APACHE": a, "LICENSE-MIT": m, "LICENSE": a}, "Apache-2.0 AND MIT"},
		"names of others":                {map[string]string{"LICENSE-APACHE": a, "LICENSE-BSD": b}, "Apache-2.0 AND BSD-3-Clause"},
		"names swapped":                  {map[string]string{"LICENSE-APACHE": m, "LICENSE-MIT": a}, "Apache-2.0 AND MIT"},
		"one named":                      {map[string]string{"LICENSE": a, "LICENSE-MIT": m}, "Apache-2.0 AND MIT"},
		"a file that says so":            {map[string]string{"LICENSE": either, "LICENSE-APACHE": a, "LICENSE-MIT": m}, "Apache-2.0 OR MIT"},
		"other words":                    {map[string]string{"LICENSE": datadog, "LICENSE-APACHE": a, "LICENSE-BSD3": b}, "Apache-2.0 OR BSD-3-Clause"},
		"it says so, and one is missing": {map[string]string{"LICENSE": either, "LICENSE-MIT": m}, ""},
		"SPDX":                           {map[string]string{"LICENSE": "SPDX-License-Identifier: MIT OR BSD-3-Clause\n", "COPYING.a": m, "COPYING.b": b}, "BSD-3-Clause OR MIT"},
		"SPDX, all of them":              {map[string]string{"COPYING.a": "SPDX-License-Identifier: MIT AND BSD-3-Clause\n\n" + m, "COPYING.b": b}, "BSD-3-Clause AND MIT"},
		"SPDX, one of them":              {map[string]string{"COPYING.a": "SPDX-License-Identifier: MIT OR GPL-2.0-only\n\n" + m, "COPYING.b": b}, "BSD-3-Clause AND MIT"},
		"both in one":                    {map[string]string{"LICENSE": either + "\n" + a + "\n" + m}, "Apache-2.0 OR MIT"},
		"both in one, without a word":    {map[string]string{"LICENSE": a + "\n" + m}, "Apache-2.0 AND MIT"},
		"a choice and more":              {map[string]string{"LICENSE": either + "\n" + a + "\n" + m, "COPYING": b}, "BSD-3-Clause AND (Apache-2.0 OR MIT)"},
	} {
		dir := t.TempDir()
		for n, text := range tc.files {
			if err := os.WriteFile(filepath.Join(dir, n), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		l, err := ReadLicense(dir, nil)
		if _, unknown := l.Unknown(); err != nil || l.Expression() != tc.want || unknown != (tc.want == "") {
			t.Errorf("%s: %q, want %q (%+v, %v)", name, l.Expression(), tc.want, l, err)
		}
	}
	// No licence speaks of a choice by itself.
	for _, l := range licensecheck.BuiltinLicenses() {
		if plain := strings.NewReplacer("(", "", ")", "", "||", "").Replace(l.LRE); eitherOf.Re().MatchString(plain) || eitherOf.Re().MatchString(l.LRE) {
			t.Errorf("%s reads as a choice", l.ID)
		}
	}
}

func TestPolicyOfAChoice(t *testing.T) {
	l := License{Choice: []string{"GPL-2.0", "MIT"}, Files: []LicenseFile{{"COPYING", []string{"GPL-2.0"}}, {"LICENSE", []string{"MIT"}}, {"LICENSE-fonts", []string{"OFL-1.1"}}}}
	for name, tc := range map[string]struct {
		p    Policy
		want string
	}{
		"one denied":               {Policy{Deny: []string{"GPL-2.0"}}, ""},
		"the other denied":         {Policy{Deny: []string{"MIT"}}, ""},
		"both denied":              {Policy{Deny: []string{"MIT", "GPL-2.0"}}, "GPL-2.0 COPYING"},
		"one allowed":              {Policy{Allow: []string{"MIT", "OFL-1.1"}}, ""},
		"one allowed, and no more": {Policy{Allow: []string{"MIT"}}, "OFL-1.1 LICENSE-fonts"},
		"none allowed":             {Policy{Allow: []string{"OFL-1.1"}}, "GPL-2.0 COPYING"},
		"what is no choice denied": {Policy{Deny: []string{"OFL-1.1"}}, "OFL-1.1 LICENSE-fonts"},
		"allowed and denied":       {Policy{Allow: []string{"GPL-2.0", "OFL-1.1"}, Deny: []string{"GPL-2.0"}}, "GPL-2.0 COPYING"},
	} {
		got := ""
		if r := tc.p.Judge(Module{Path: "example.cn/m"}, l); r != nil {
			got = r.License + " " + r.File
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
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
