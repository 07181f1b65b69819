package config

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
	"go.yaml.in/yaml/v3"
)

func fullFile(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("testdata/ours/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func loadText(t *testing.T, files map[string]string, o Options) (*Project, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, dir, name, text)
	}
	return Load(dir, o)
}

// The full file uses every key of the definition, and together they set every
// field of a Project: the native form can say all that the engine understands.
func TestTheFormatSaysEverything(t *testing.T) {
	p, err := loadText(t, map[string]string{".yingzao.yaml": fullFile(t), ".goreleaser.yaml": "version: 2\nbrews: [{name: x}]\n"}, Options{})
	if err != nil {
		t.Fatal(err, msg.Hint(err))
	}
	set := map[string]bool{}
	note := func(key string, ok bool) { set[key] = set[key] || ok }
	var values func(v reflect.Value)
	values = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				note(v.Type().Name()+"."+v.Type().Field(i).Name, !v.Field(i).IsZero())
				values(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				values(v.Index(i))
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				values(v.MapIndex(k))
			}
		}
	}
	values(reflect.ValueOf(*p))

	s, err := yamlfile.Open("full.yaml", []byte(fullFile(t)))
	if err != nil {
		t.Fatal(err)
	}
	_, release := s.File().Find("release")
	var keys func(n *yaml.Node, rt reflect.Type)
	keys = func(n *yaml.Node, rt reflect.Type) {
		for rt.Kind() == reflect.Pointer || rt.Kind() == reflect.Slice && n.Kind != yaml.SequenceNode {
			rt = rt.Elem()
		}
		switch {
		case n.Kind == yaml.SequenceNode && rt.Kind() == reflect.Slice:
			for _, item := range n.Content {
				keys(item, rt.Elem())
			}
		case n.Kind == yaml.MappingNode && rt.Kind() == reflect.Map:
			for i := 1; i < len(n.Content); i += 2 {
				keys(n.Content[i], rt.Elem())
			}
		case n.Kind == yaml.MappingNode && rt.Kind() == reflect.Struct:
			for key, ft := range yamlfile.Fields(rt) {
				_, there := at(n, key)
				note(rt.Name()+" key "+key, there != nil)
				if there != nil {
					keys(there, ft)
				}
			}
		}
	}
	keys(release, reflect.TypeFor[ours]())

	if len(set) < 300 {
		t.Errorf("only %d fields and keys were looked at", len(set))
	}
	for key, ok := range set {
		if !ok && !strings.HasPrefix(key, "Notice.") && key != "SBOM.IDs" && key != "SBOM.Disable" && !strings.HasPrefix(key, "Target.") {
			t.Errorf("%s is never set", key)
		}
	}
}

func at(n *yaml.Node, key string) (k, v *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

func TestOursInDetail(t *testing.T) {
	p, err := loadText(t, map[string]string{".yingzao.yaml": fullFile(t), ".goreleaser.yaml": "version: 2\nbrews: [{name: x}]\n"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	agent, server := p.Builds[1], p.Builds[0]
	if agent.ID != "agent" || agent.Binary != "agent" || agent.Main != "./cmd/agent" || targetWords(agent.Targets) != "[linux/amd64 linux/amd64/v2 linux/arm64 linux/loong64 linux/loong64-abi1.0]" ||
		strings.Join(agent.Flags, " ") != "-trimpath" || strings.Join(agent.Env, " ") != "CGO_ENABLED=0" || agent.AllowDynamic {
		t.Errorf("agent: %+v", agent)
	}
	if !server.AllowDynamic || !reflect.DeepEqual(server.Flags, []string{"-trimpath", "-v"}) || !reflect.DeepEqual(server.Pre, []Hook{{Cmd: "echo before"}}) || !server.Overrides[0].AllowDynamic {
		t.Errorf("server: %+v", server)
	}
	a := p.Archives[0]
	if a.Wrap != a.Name || !reflect.DeepEqual(a.Overrides, map[string][]archive.Format{"windows": {archive.Zip}, "plan9": nil}) || a.BinaryInfo.Mode != 0o755 || a.Files[0].Optional || !a.Files[1].Optional {
		t.Errorf("archive: %+v", a)
	}
	if b := p.Archives[1]; b.Name != ArchiveDefaults(Yingzao, b.Formats) || !strings.HasPrefix(b.Name, "{{ .Binary }}") || len(b.Files) != 6 {
		t.Errorf("archive: %+v", b)
	}
	if k := p.Packages[0]; k.Umask != 0o022 || k.Overrides["rpm"].Umask != 0o002 || k.Deb.Fields["Bugs"] == "" {
		t.Errorf("package: %+v", k)
	}
	want := []Store{{URL: "oss://bucket/prefix?region=cn-hangzhou"}, {ID: "mirror", URL: "file:///srv/releases"}, {ID: "cos", URL: "cos://b-125/bin?domain=cos.example.cn&region=ap-guangzhou", BaseURL: "https://dl.example.cn/bin", Mirrors: []string{"https://dl2.example.cn/bin"}}}
	if !reflect.DeepEqual(p.Stores, want) {
		t.Errorf("stores: %+v", p.Stores)
	}
	if p.Toolchains["linux/loong64-abi1.0"] != "/opt/go-abi1" || p.Origin != GoReleaser || p.File != ".yingzao.yaml" {
		t.Errorf("%+v %s %s", p.Toolchains, p.Origin, p.File)
	}
}

func TestShortForms(t *testing.T) {
	p, err := loadText(t, map[string]string{"go.mod": "module example.cn/tool\n", ".yingzao.yaml": `version: 1
release:
  before: go vet ./...
  builds: [./cmd/a, {main: ./cmd/b/main.go}, {env: [CGO_ENABLED=0]}]
  archives: [{formats: zip, files: README.md}]
  nfpms: [{maintainer: me}]
  checksum: {algorithm: sha512}
  stores: [file:///srv]
`}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, b := range p.Builds {
		ids = append(ids, b.ID+"="+b.Binary)
	}
	if got := strings.Join(ids, " "); got != "a=a main=main tool={{ .ProjectName }}" {
		t.Errorf("builds %s", got)
	}
	if len(p.Before) != 1 || p.Checksum.Name != "SHA512SUMS" || p.Archives[0].Formats[0] != archive.Zip || p.Archives[0].Files[0].Src != "README.md" || p.Stores[0].URL != "file:///srv" {
		t.Errorf("%+v", p)
	}
	if k := p.Packages[0]; !reflect.DeepEqual(k.Formats, []string{"deb", "rpm"}) || k.Name != "{{ .ProjectName }}" || k.Bindir != "/usr/bin" {
		t.Errorf("%+v", k)
	}
}

func TestOverlay(t *testing.T) {
	theirs := `version: 2
project_name: theirs
builds: [{id: x, env: [CGO_ENABLED=0], goos: [linux], goarch: [amd64]}]
archives: [{name_template: "keep_{{ .Os }}"}]
dockers: [{image_templates: [x]}]
checksum: {name_template: kept.txt}
`
	ours := `version: 1
release:
  from: .goreleaser.yaml
  ignore: dockers
  targets: [linux/amd64, linux/loong64]
  stores: [oss://b/p]
  toolchains: {linux/loongarch64: /x}
`
	files := map[string]string{".yingzao.yaml": strings.Replace(ours, "loongarch64", "loong64", 1), ".goreleaser.yaml": theirs}
	p, err := loadText(t, files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "theirs" || targetWords(p.Builds[0].Targets) != "[linux/amd64 linux/loong64]" || p.Archives[0].Name != "keep_{{ .Os }}" || p.Checksum.Name != "kept.txt" || len(p.Stores) != 1 || len(p.Notices) != 1 || p.Notices[0].Code != "ignored" {
		t.Errorf("%+v", p)
	}
	files[".yingzao.yaml"] = strings.Replace(files[".yingzao.yaml"], "ignore: dockers", "", 1)
	if _, err := loadText(t, files, Options{}); err == nil || !strings.Contains(err.Error(), ".goreleaser.yaml:5:1: dockers: not supported") {
		t.Errorf("without ignore: %v", err)
	}
	if _, err := loadText(t, files, Options{Ignore: []string{"dockers"}}); err != nil {
		t.Errorf("--ignore with from: %v", err)
	}
	files[".yingzao.yaml"] = strings.Replace(ours, "from: .goreleaser.yaml", "from: absent.yaml", 1)
	if _, err := loadText(t, files, Options{}); err == nil || !strings.Contains(err.Error(), ".yingzao.yaml:3:9: release.from: read configuration") {
		t.Errorf("absent from: %v", err)
	}
}

func TestOursRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"biulds: []":                                        `.yingzao.yaml:2:12: unknown key "biulds" in release`,
		"builds: [{mian: x}]":                               `unknown key "mian" in release.builds`,
		"targets: [linux/amd64, linux/amd65]":               `linux/amd65`,
		"archives: [{formats: rar}]":                        `archive format "rar": unknown`,
		"archives: [{format_overrides: {windows: rar}}]":    `archive format "rar": unknown`,
		"archives: [{format_overrides: {windows: {a: b}}}]": "format_overrides",
		"archives: [{wrap_in_directory: [x]}]":              "wrap_in_directory: expected a text, found a list",
		"source: {format: rar}":                             `archive format "rar": unknown`,
		"stores: [{id: x}]":                                 "give either url or provider and bucket",
		"stores: [{url: a, provider: oss}]":                 "give either url or provider and bucket",
		"stores: [{provider: oss}]":                         "the bucket is missing",
		"stores: [{provider: oss, secret: x}]":              `unknown key "secret" in release.stores`,
		"toolchains: {linux: /x}":                           "not of the form os/arch",
		"builds: [{id: a}, {id: a}]":                        `the id "a" is used twice`,
		"builds: [./a]\n  archives: [{ids: [b]}]":           "no build with the id",
		"checksum: {algorithm: sm9}":                        "unknown algorithm",
		"sbom: [syft]":                                      `"syft" is neither cyclonedx nor spdx`,
		"sign: {key: x}":                                    `unknown key "key"`,
		"nfpms: [{formats: [msi]}]":                         `unknown package format "msi"`,
		"before: [{dir: x, comand: y}]":                     `unknown key "comand"`,
		"buildvcs: maybe":                                   "expected true or false",
		"env: A=B":                                          "release.env: expected a list",
		"ignore: [dockers]":                                 "--ignore dockers",
	} {
		data := "version: 1\nrelease:\n  " + text + "\n"
		if strings.HasPrefix(text, "biulds") {
			data = "version: 1\nrelease: { biulds: []}\n"
		}
		_, err := loadText(t, map[string]string{".yingzao.yaml": data}, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", text, err, want)
			continue
		}
		if !strings.Contains(err.Error(), "%!") {
			bilingual(t, text, err)
		}
	}
	_, err := loadText(t, map[string]string{".yingzao.yaml": "version: 1\nreleases: {}\n"}, Options{})
	if err == nil || !strings.Contains(err.Error(), `unknown key "releases"`) || msg.Hint(err).EN != "did you mean release?" {
		t.Errorf("%v, %v", err, msg.Hint(err))
	}
}
