package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// What GoReleaser's own reader does with odd input, and what we make of it. The
// first half is pinned because the module is: when a newer one behaves
// otherwise, our checks around it want another look.
func TestOddFiles(t *testing.T) {
	const accepts = "" // GoReleaser, or we, take the file without an error
	for _, tc := range []struct{ what, data, theirs, ours string }{
		{"unknown keys, all of them", "version: 2\nfoo: 1\nbuilds: [{bar: 1}]\n", "field foo not found", "f.yaml:2:1: unknown key \"foo\"\nf.yaml:3:11: unknown key \"bar\" in builds"},
		{"x- keys", "version: 2\nx-a: {}\n", "field x-a not found", `unknown key "x-a"`},
		{"text for version", "version: \"2\"\n", "cannot unmarshal !!str", `f.yaml:1:10: version: expected a number, found "2"`},
		{"newer version", "version: 3\n", accepts, "version: 3 is newer"},
		{"no version", "project_name: x\n", accepts, accepts},
		{"version 1", "version: 1\nproject_name: x\n", accepts, accepts},
		{"version 1 with an unknown key", "version: 1\narchive: {}\n", "only", `f.yaml:2:1: unknown key "archive"`},
		{"pro alone", "version: 2\npro: true\n", accepts, accepts},
		{"pro with a Pro key", "version: 2\npro: true\nincludes: [{from_file: {path: x}}]\n", "GoReleaser Pro", "includes: not supported"},
		{"Pro key without pro", "version: 2\nmonorepo: {tag_prefix: x/}\n", "field monorepo not found", "monorepo: not supported"},
		{"empty file", "", accepts, accepts},
		{"second document", "version: 2\n---\nbogus: 1\n", accepts, "f.yaml:3:1: a second document"},
		{"duplicate key", "version: 2\nproject_name: a\nproject_name: b\n", "already defined at line 2", `f.yaml:3:1: the key "project_name" is already given in line 2`},
		{"wrong kind", "version: 2\nbuilds: {a: b}\n", "cannot unmarshal !!map", "f.yaml:2:9: builds: expected a list, found keys and values"},
		{"text for a build's env", "version: 2\nbuilds: [{env: CGO_ENABLED=0}]\n", "cannot unmarshal !!str", "f.yaml:2:16: builds.env: expected a list"},
		{"tab", "version: 2\nbuilds:\n\t- id: x\n", "line 3", "f.yaml:3:1: a tab in the indentation"},
		{"deep brackets", "version: 2\nbuilds: " + strings.Repeat("[", 20_000), "exceeded max depth", "exceeded max depth"},
		{"unchecked builder", "version: 2\nbuilds: [{builder: prebuilt}]\n", accepts, "builds.builder: not supported: only Go is built here, not prebuilt"},
		{"unchecked goos", "version: 2\nbuilds: [{goos: [nonsense]}]\n", accepts, "nonsense"},
		{"unchecked targets", "version: 2\nbuilds: [{targets: [linux_bogus9]}]\n", accepts, "bogus9"},
		{"target of one word", "version: 2\nbuilds: [{targets: [linux]}]\n", accepts, "unknown architecture"},
		{"unchecked provider", "version: 2\nblobs: [{provider: oss, bucket: b}]\n", accepts, accepts},
		{"the article as printed", "uploads: [{name: oss-release, provider: oss, bucket: b}]\n", "only", accepts},
		{"the article with version 2", "version: 2\nuploads: [{name: oss-release, provider: oss, bucket: b}]\n", "field provider not found", accepts},
		{"an upload to nowhere", "version: 2\nuploads: [{name: oss-release}]\n", accepts, "nothing would be uploaded"},
		{"uploads is no list", "version: 2\nuploads: oss\n", "cannot unmarshal", "uploads: expected a list"},
		{"two archives of one id", "version: 2\narchives: [{}, {}]\n", accepts, `archives: the id "default" is used twice`},
		{"archive of no build", "version: 2\nbuilds: [{id: server}]\narchives: [{ids: [sever]}]\n", accepts, `there is no build with the id "sever"`},
		{"bad format", "version: 2\narchives: [{formats: [rar]}]\n", accepts, `archive format "rar": unknown`},
		{"bad algorithm", "version: 2\nchecksum: {algorithm: sha265}\n", accepts, `unknown algorithm "sha265"`},
		{"bad package", "version: 2\nnfpms: [{formats: [dmg]}]\n", accepts, `unknown package format "dmg"`},
		{"override without arch", "version: 2\nbuilds: [{overrides: [{goos: linux}]}]\n", accepts, "goos and goarch are both needed"},
	} {
		if strings.HasPrefix(tc.data, "version: 2") { // for others it writes to a global logger
			_, err := config.LoadReader(strings.NewReader(tc.data))
			if (err == nil) != (tc.theirs == accepts) || err != nil && !strings.Contains(err.Error(), tc.theirs) {
				t.Errorf("%s: GoReleaser says %v, want %q", tc.what, err, tc.theirs)
			}
		}
		dir := t.TempDir()
		write(t, dir, "f.yaml", tc.data)
		p, err := Load(dir, Options{File: "f.yaml"})
		switch {
		case tc.ours == accepts && err != nil:
			t.Errorf("%s: %v", tc.what, err)
		case tc.ours != accepts && (err == nil || !strings.Contains(err.Error(), tc.ours)):
			t.Errorf("%s: %+v, %v; want %q", tc.what, p, err, tc.ours)
		case err != nil:
			bilingual(t, tc.what, err)
		}
	}
}

// R21: hostile files are refused in well under a second; the limit is for busy
// machines, the work that the bomb asks for has no end.
func TestHostileGoReleaserFiles(t *testing.T) {
	bomb := "version: 2\nenv: &a0 [x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < 10; i++ {
		bomb += fmt.Sprintf("k%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	for what, data := range map[string]string{
		"10 MiB":     "version: 2\nenv:\n" + strings.Repeat("  - A=0123456789012345678901234567890\n", 280_000),
		"alias bomb": bomb,
		"many keys":  "version: 2\n" + strings.Repeat("zzz: 1\n", 40_000),
	} {
		dir := t.TempDir()
		write(t, dir, ".goreleaser.yaml", data)
		start := time.Now()
		_, err := Load(dir, Options{})
		took := time.Since(start)
		t.Logf("%s: %v", what, took.Round(time.Millisecond))
		if err == nil || took > 30*time.Second {
			t.Errorf("%s: %v after %v", what, err, took)
		}
	}
}

func TestIgnore(t *testing.T) {
	const file = `version: 2
project_name: x
builds:
  - {id: a, env: [CGO_ENABLED=0], goos: [linux], goarch: [amd64]}
  - {id: b, builder: rust}
  - {id: c, env: [CGO_ENABLED=0], goos: [linux], goarch: [amd64], command: test}
archives: [{ids: [a]}]
nfpms: [{formats: [deb, ipk], deb: {signature: {key_file: k}}}]
dockers: [{image_templates: [x]}]
signs: [{artifacts: all}]
uploads: [{name: nowhere}]
blobs: [{provider: gs, bucket: b}]
`
	dir := t.TempDir()
	write(t, dir, ".goreleaser.yaml", file)
	all := []string{"builds.builder", "builds.command", "nfpms.deb.signature", "nfpms.formats", "dockers", "signs", "uploads", "blobs"}
	p, err := Load(dir, Options{Ignore: all})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Builds) != 1 || p.Builds[0].ID != "a" || len(p.Packages) != 1 || !reflect.DeepEqual(p.Packages[0].Formats, []string{"deb"}) {
		t.Errorf("builds %+v, packages %+v", p.Builds, p.Packages)
	}
	for _, want := range all {
		said := false
		for _, n := range p.Notices {
			said = said || n.Code == "ignored" && n.Section == want && n.Line > 0
		}
		if !said {
			t.Errorf("no notice about %s in %+v", want, p.Notices)
		}
	}
	for i, missing := range all {
		rest := append(append([]string{}, all[:i]...), all[i+1:]...)
		if _, err := Load(dir, Options{Ignore: rest}); err == nil || !strings.Contains(err.Error(), missing) || !strings.Contains(msg.Hint(err).EN, "--ignore "+missing) {
			t.Errorf("without %s: %v, hint %q", missing, err, msg.Hint(err).EN)
		}
	}
	if p, err := Load(dir, Options{Ignore: []string{"builds.builder", "builds.command", "nfpms", "dockers", "signs", "uploads", "blobs"}}); err != nil || len(p.Packages) != 0 {
		t.Errorf("nfpms as a whole: %v", err)
	}
	_, err = Load(dir, Options{Ignore: []string{"docker"}})
	if err == nil || !strings.Contains(err.Error(), "--ignore docker: there is no such section") || msg.Hint(err).EN[:20] != "did you mean dockers" {
		t.Errorf("unknown name: %v, %q", err, msg.Hint(err).EN)
	}
	write(t, dir, ".goreleaser.yaml", "version: 2\nbuilds: [{builder: rust}]\n")
	if _, err := Load(dir, Options{Ignore: []string{"builds.builder"}}); err == nil || !strings.Contains(err.Error(), "nothing is left to build") {
		t.Errorf("everything ignored: %v", err)
	}
	if _, err := Load(t.TempDir(), Options{Ignore: []string{"dockers"}}); err == nil {
		t.Error("--ignore without a GoReleaser file is accepted")
	}
}

func TestNameFromRelease(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", "module example.cn/frommod\n")
	for data, want := range map[string]string{
		"version: 2\n": "frommod",
		"version: 2\nrelease: {github: {owner: o, name: fromrelease}}\n":                    "fromrelease",
		"version: 2\nrelease: {gitlab: {name: lab}, github: {owner: o}}\n":                  "lab",
		"version: 2\nproject_name: own\nrelease: {github: {owner: o, name: fromrelease}}\n": "own",
		"version: 2\nrelease: [odd]\n":                                                      "frommod",
	} {
		write(t, dir, ".goreleaser.yaml", data)
		p, err := Load(dir, Options{})
		if err != nil || p.Name != want {
			t.Errorf("%q: %v, want %s", data, err, want)
		}
	}
}

// FuzzLoad feeds both kinds of files: whatever comes, no panic, and an error is
// a usage error.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{"07-anchors", "08-nfpms", "16-levels", "20-article", "28-upload-nowhere"} {
		data, err := os.ReadFile("testdata/goreleaser/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("version: 1\nrelease:\n  builds: [./cmd/a]\n  archives: [{formats: zip, format_overrides: {windows: zip}}]\n  stores: [oss://b/p]\n"))
	f.Add([]byte("version: 2\nbuilds: &b [{<<: *b}]\n"))
	f.Add([]byte("uploads: [[]]\nblobs: {a: b}\nrelease: 1\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, load := range []func(string, string, []byte, Options) (*Project, error){loadGoReleaser, loadOurs} {
			p, err := load(dir, "f.yaml", data, Options{})
			var own *msg.Error
			if err == nil {
				err = p.check()
			}
			if err != nil && (!errors.As(err, &own) || msg.KindOf(err) != msg.Usage && !errors.Is(err, os.ErrNotExist)) {
				t.Errorf("%T %v", err, err)
			}
		}
	})
}
