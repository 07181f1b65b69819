package release

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// linking is hello with two modules: one in vendor, under the licence of this
// project, one of the same kind without a licence.
func linking(t testing.TB) files {
	t.Helper()
	apache, err := os.ReadFile(filepath.Join("..", "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	return hello.with(files{
		"go.mod":                        "module example.cn/hello\n\ngo 1.24\n\nrequire example.cn/lib v1.0.0\n\nrequire example.cn/deep v1.1.0 // indirect\n",
		"go.sum":                        "",
		"main.go":                       "package main\n\nimport \"example.cn/hello/greet\"\n\nfunc main() { println(greet.Text) }\n",
		"greet/greet.go":                "package greet\n\nimport \"example.cn/lib\"\n\nvar Text = lib.Name\n",
		"vendor/modules.txt":            "# example.cn/deep v1.1.0\n## explicit; go 1.24\nexample.cn/deep/inside\n# example.cn/lib v1.0.0\n## explicit; go 1.24\nexample.cn/lib\n",
		"vendor/example.cn/lib/lib.go":  "package lib\n\nimport \"example.cn/deep/inside\"\n\nvar Name = inside.Name\n",
		"vendor/example.cn/lib/LICENSE": string(apache),
		"vendor/example.cn/deep/inside/inside.go": "package inside\n\nconst Name = \"deep\"\n",
	})
}

// Every artifact with programs in it has its documents, and so has the release;
// they say what lies in the files, and the sums list them.
func TestSBOMs(t *testing.T) {
	dir := folder(t, linking(t).with(yaml(`  targets: [linux/amd64, windows/amd64, darwin/amd64, darwin/arm64]
  sbom: [cyclonedx, spdx]
  archives:
    - {formats: [tar.gz, binary], format_overrides: {windows: zip}, allow_different_binary_count: true}
  universal_binaries: [{replace: true}]
  nfpms: [{formats: [deb], maintainer: "t <t@example.cn>"}]
  source: {enabled: true}
`)).with(files{".gitignore": "dist/\n"}))
	commit(t, dir, "v1.2.3")
	r, err := Run(context.Background(), Options{Dir: dir, Environ: testEnviron(), NoPublish: true})
	if err != nil {
		t.Fatal(err)
	}
	about := map[string]manifest.Artifact{}
	var names []string
	for _, a := range r.Manifest.Artifacts {
		if a.Kind == manifest.KindSBOM {
			names = append(names, a.Name)
			continue
		}
		about[a.Name] = a
	}
	want := []string{"hello_1.2.3.cdx.json", "hello_1.2.3_darwin_all.cdx.json", "hello_1.2.3_darwin_all.tar.gz.cdx.json",
		"hello_1.2.3_linux_amd64.cdx.json", "hello_1.2.3_amd64.deb.cdx.json", "hello_1.2.3_linux_amd64.tar.gz.cdx.json", "hello_1.2.3_windows_amd64.zip.cdx.json"}
	for _, n := range slices.Clone(want) {
		want = append(want, strings.TrimSuffix(n, ".cdx.json")+".spdx.json")
	}
	slices.Sort(want)
	slices.Sort(names)
	if !slices.Equal(names, want) {
		t.Fatalf("documents\n%s\nwant\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	sums, err := os.ReadFile(filepath.Join(r.Dist, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{"example.cn/deep@v1.1.0", "example.cn/hello@v1.2.3", "example.cn/lib@v1.0.0", "std@" + strings.TrimPrefix(r.Plan.Go, "go")}
	for _, a := range r.Manifest.Artifacts {
		if a.Kind != manifest.KindSBOM {
			continue
		}
		if !strings.Contains(string(sums), "  "+a.Name+"\n") {
			t.Errorf("SHA256SUMS lacks %s", a.Name)
		}
		doc, err := os.ReadFile(filepath.Join(r.Dist, a.Name))
		if err != nil {
			t.Fatal(err)
		}
		c, err := sbom.Parse(doc)
		if err != nil {
			t.Fatalf("%s: %v", a.Name, err)
		}
		subject := about[a.About]
		if c.SHA256 != subject.SHA256 {
			t.Errorf("%s is about %s, want %s", a.Name, c.SHA256, subject.SHA256)
		}
		if n := len(subject.Binaries); a.About != "" && len(c.Binaries) != n || a.About == "" && len(c.Binaries) != 5 {
			t.Errorf("%s has %d programs", a.Name, len(c.Binaries))
		}
		for _, b := range c.Binaries {
			if !slices.Equal(b.Modules, lines) {
				t.Errorf("%s: %q", a.Name, b.Modules)
			}
			if a.About != "" && !slices.ContainsFunc(subject.Binaries, func(x manifest.Binary) bool { return x.SHA256 == b.SHA256 && x.Path == b.Name }) {
				t.Errorf("%s names %s %s, which is not in %s", a.Name, b.Name, b.SHA256, a.About)
			}
		}
		if text := string(doc); !strings.Contains(text, "Apache-2.0") || strings.Contains(text, dir) {
			t.Errorf("%s: no licence, or the folder of the project, in\n%s", a.Name, text)
		}
	}
	// The parts are enough: another job merges without sources and module cache.
	var dirs []string
	for _, target := range r.Plan.Targets() {
		dirs = append(dirs, filepath.Join(r.Dist, partsFolder, target.Slug()))
	}
	elsewhere := filepath.Join(t.TempDir(), "dist")
	plan := *r.Plan
	plan.Source = nil // needs the project
	for _, d := range []string{"vendor", "greet", "main.go"} {
		if err := os.RemoveAll(filepath.Join(dir, d)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Merge(context.Background(), r.Plan, dir, dirs, elsewhere); err == nil {
		t.Error("the source archive was made of files that are gone")
	}
	m, err := Merge(context.Background(), &plan, dir, dirs, elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range m.Artifacts {
		if a.Kind == manifest.KindSBOM && a.SHA256 != shaOf(t, filepath.Join(r.Dist, a.Name)) {
			t.Errorf("%s has other bytes there", a.Name)
		}
	}
}

func TestLicensePolicy(t *testing.T) {
	for name, tc := range map[string]struct {
		yaml string
		want string // in the error; "" = a release
	}{
		"denied":              {"  licenses: {deny: [Apache-2.0]}\n", "example.cn/lib@v1.0.0 is under Apache-2.0 (file LICENSE), which licenses.deny names; it is linked by example.cn/hello → example.cn/hello/greet → example.cn/lib"},
		"not allowed":         {"  licenses: {allow: [MIT, unknown]}\n", "which licenses.allow does not name"},
		"unknown denied":      {"  licenses: {deny: [unknown]}\n", "example.cn/deep@v1.1.0 is under an unknown licence (no licence file), which licenses.deny names; it is linked by example.cn/hello → example.cn/hello/greet → example.cn/lib → example.cn/deep/inside"},
		"excused":             {"  licenses: {allow: [Apache-2.0], except: {example.cn/deep: ours}}\n", ""},
		"something else":      {"  licenses: {deny: [GPL-3.0, AGPL-3.0]}\n", ""},
		"never matches":       {"  licenses: {deny: [GPL]}\n", `"GPL" is no licence that can be recognised`},
		"excused for nothing": {"  licenses: {deny: [unknown], except: {example.cn/deep: ' '}}\n", "has no reason"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, linking(t).with(yaml("  targets: [linux/amd64]\n"+tc.yaml)))
			r, err := Run(context.Background(), Options{Dir: dir, Version: "1.2.3", Environ: testEnviron(), NoPublish: true})
			if tc.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range r.Manifest.Artifacts {
					if a.Kind == manifest.KindSBOM {
						t.Errorf("a document was made: %s", a.Name)
					}
				}
				return
			}
			says(t, err, tc.want)
			if kind := msg.KindOf(err); kind != msg.Findings && kind != msg.Usage {
				t.Errorf("kind %v", kind)
			}
		})
	}
}

func TestGoReleaserSBOMNames(t *testing.T) {
	dir := folder(t, hello.with(files{".goreleaser.yaml": `version: 2
builds: [{goos: [linux, darwin], goarch: [amd64, arm64]}]
universal_binaries: [{replace: true}]
source: {enabled: true}
nfpms: [{maintainer: t, formats: [rpm]}]
sboms:
  - {id: a, artifacts: archive}
  - {id: b, artifacts: binary, args: [$artifact, --output, cyclonedx-json=$document]}
  - {id: c, artifacts: package, documents: ["${artifact}.spdx"]}
  - {id: d, artifacts: source}
  - {id: e, artifacts: any, documents: [all.json]}
  - {id: f, artifacts: archive, disable: "{{ .IsSnapshot }}", documents: ["never-{{ .ArtifactName }}"]}
`}))
	commit(t, dir)
	plan, err := plans(t, dir, Options{Snapshot: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range plan.SBOMs {
		got = append(got, strings.ReplaceAll(b.Name+" "+b.Format+" "+b.Artifact+b.Build, plan.Version, "V"))
	}
	want := []string{
		"all.json spdx ", "hello-V.tar.gz.sbom.json spdx hello-V.tar.gz", "hello_V_darwin_all.sbom.json cyclonedx hello",
		"hello_V_darwin_all.tar.gz.sbom.json spdx hello_V_darwin_all.tar.gz", "hello_V_linux_amd64.rpm.spdx spdx hello_V_linux_amd64.rpm",
		"hello_V_linux_amd64.sbom.json cyclonedx hello", "hello_V_linux_amd64.tar.gz.sbom.json spdx hello_V_linux_amd64.tar.gz",
		"hello_V_linux_arm64.rpm.spdx spdx hello_V_linux_arm64.rpm", "hello_V_linux_arm64.sbom.json cyclonedx hello",
		"hello_V_linux_arm64.tar.gz.sbom.json spdx hello_V_linux_arm64.tar.gz",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	taken := folder(t, hello.with(yaml("  targets: [linux/amd64]\n  sbom: [spdx]\n  archives: [{formats: [binary], name_template: 'hello_{{ .Version }}'}]\n")))
	_, err = plans(t, taken, Options{})
	says(t, err, "are both called hello_1.2.3.spdx.json")
}

// The licence beside a package that is linked counts, whatever the module's root says;
// that beside one that is not linked does not.
func TestLicensesBelow(t *testing.T) {
	t.Parallel()
	apache, err := os.ReadFile(filepath.Join("..", "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	tree := linking(t).with(yaml("  targets: [linux/amd64]\n  sbom: [cyclonedx]\n  licenses: {deny: [Apache-2.0]}\n")).with(files{
		".gitignore": "dist/\n", "vendor/example.cn/lib/LICENSE": "", "vendor/example.cn/lib/other/LICENSE": string(apache),
	})
	dir := folder(t, tree)
	commit(t, dir, "v1.2.3")
	r, err := Run(context.Background(), Options{Dir: dir, Environ: testEnviron(), NoPublish: true})
	if err != nil {
		t.Fatal(err)
	}
	if doc, err := os.ReadFile(filepath.Join(r.Dist, "hello_1.2.3.cdx.json")); err != nil || strings.Contains(string(doc), "go.license") {
		t.Errorf("what is not linked: %v\n%s", err, doc)
	}
	const taken = "vendor/example.cn/deep/inside/LICENSE"
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(taken)), apache, 0o600); err != nil {
		t.Fatal(err)
	}
	commit(t, dir, "v1.2.4")
	_, err = Run(context.Background(), Options{Dir: dir, Environ: testEnviron(), NoPublish: true})
	if want := "example.cn/deep@v1.1.0 is under Apache-2.0 (file inside/LICENSE), which licenses.deny names; it is linked by example.cn/hello → example.cn/hello/greet → example.cn/lib → example.cn/deep/inside"; msg.KindOf(err) != msg.Findings || !strings.Contains(err.Error(), want) {
		t.Errorf("%v", err)
	}
}
