package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

func TestSearchOrder(t *testing.T) {
	const theirs, ours = "version: 2\nproject_name: theirs\nenv: [CGO_ENABLED=0]\n", "version: 1\nrelease: {project_name: ours}\n"
	for _, tc := range []struct {
		what  string
		files map[string]string
		file  string
		want  Origin
		said  string
	}{
		{"nothing", nil, "", Default, ""},
		{"GoReleaser's own order", map[string]string{"goreleaser.yaml": theirs, ".goreleaser.yaml": theirs, ".goreleaser.yml": theirs}, ".goreleaser.yml", GoReleaser, ""},
		{"GoReleaser's folder first", map[string]string{".config/goreleaser.yaml": theirs, ".goreleaser.yml": theirs}, ".config/goreleaser.yaml", GoReleaser, ""},
		{"ours wins", map[string]string{".yingzao.yaml": ours, ".goreleaser.yaml": theirs}, ".yingzao.yaml", Yingzao, ".goreleaser.yaml is not read"},
		{"ours alone", map[string]string{".yingzao.yml": ours}, ".yingzao.yml", Yingzao, ""},
		{"ours without a release section", map[string]string{".yingzao.yaml": "version: 1\nproxy: {}\n", ".goreleaser.yaml": theirs}, ".goreleaser.yaml", GoReleaser, ""},
		{"ours without a release section, alone", map[string]string{".yingzao.yaml": "version: 1\ncheck: {}\n"}, "", Default, ""},
	} {
		dir := t.TempDir()
		for name, text := range tc.files {
			write(t, dir, name, text)
		}
		p, err := Load(dir, Options{})
		if err != nil {
			t.Errorf("%s: %v", tc.what, err)
			continue
		}
		said := ""
		for _, n := range p.Notices {
			said += n.Text.EN
		}
		if p.File != tc.file || p.Origin != tc.want || !strings.Contains(said, tc.said) || tc.said == "" && said != "" {
			t.Errorf("%s: %s from %q, notices %q", tc.what, p.Origin, p.File, said)
		}
	}
}

func TestLoadNamedFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/ours.yaml", "version: 1\nrelease: {project_name: ours}\n")
	write(t, dir, "a/theirs.yaml", "version: 2\nproject_name: theirs\nbuilds: []\n")
	for name, want := range map[string]Origin{"a/ours.yaml": Yingzao, "a/theirs.yaml": GoReleaser, filepath.Join(dir, "a/theirs.yaml"): GoReleaser} {
		if p, err := Load(dir, Options{File: name}); err != nil || p.Origin != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Load(dir, Options{File: "absent.yaml"})
	if !errors.Is(err, fs.ErrNotExist) || msg.KindOf(err) != msg.Usage {
		t.Errorf("absent file: %v", err)
	}
}

func TestDefault(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", "module example.cn/team/tool/v3\n\ngo 1.26\n")
	p, err := Load(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "tool" || len(p.Builds) != 0 || p.Checksum.Name != "SHA256SUMS" || p.Dist != "dist" {
		t.Errorf("%+v", p)
	}
	b := p.EachMain
	if !reflect.DeepEqual(b.Targets, DefaultTargets()) || strings.Join(b.Flags, " ") != "-trimpath" || strings.Join(b.Ldflags, " ") != "-s -w" || strings.Join(b.Env, " ") != "CGO_ENABLED=0" {
		t.Errorf("EachMain %+v", b)
	}
	for on, want := range map[string]string{
		"linux/amd64": "tool_1.2.3-rc.1_linux_amd64", "linux/amd64/v2": "tool_1.2.3-rc.1_linux_amd64v2", "linux/arm64/v8.2,lse": "tool_1.2.3-rc.1_linux_arm64v8.2-lse",
		"linux/loong64-abi1.0": "tool_1.2.3-rc.1_linux_loong64-abi1.0", "linux/arm/6": "tool_1.2.3-rc.1_linux_armv6", "linux/mips/softfloat": "tool_1.2.3-rc.1_linux_mips_softfloat",
		"linux/riscv64": "tool_1.2.3-rc.1_linux_riscv64", "linux/riscv64/rva22u64": "tool_1.2.3-rc.1_linux_riscv64_rva22u64", "windows/386": "tool_1.2.3-rc.1_windows_386",
	} {
		tt, err := target.Parse(on)
		if err != nil {
			t.Fatal(err)
		}
		if got := expand(t, p.Archives[0].Name, p, tt); got != want {
			t.Errorf("%s: %s, want %s", on, got, want)
		}
	}
	if p, err := Load(t.TempDir(), Options{}); err != nil || p.Name != "" {
		t.Errorf("without go.mod: %q, %v", p.Name, err)
	}
}

func TestRestrict(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, ".goreleaser.yaml", `version: 2
project_name: x
builds:
  - {id: mac, env: [CGO_ENABLED=0], goos: [darwin], goarch: [amd64, arm64]}
  - {id: rest, env: [CGO_ENABLED=0], goos: [linux, windows], goarch: [amd64]}
`)
	for _, tc := range []struct{ wanted, mac, rest string }{
		{"linux/amd64", "[]", "[linux/amd64]"},
		{"linux/amd64 linux/loong64", "[]", "[linux/amd64 linux/loong64]"}, // loong64 is not in the file
		{"darwin/arm64 linux/arm64", "[darwin/arm64]", "[linux/arm64]"},
		{"freebsd/amd64", "[freebsd/amd64]", "[freebsd/amd64]"},
		{"", "[darwin/amd64 darwin/arm64]", "[linux/amd64 windows/amd64]"},
	} {
		var wanted []target.Target
		for _, w := range strings.Fields(tc.wanted) {
			tt, err := target.Parse(w)
			if err != nil {
				t.Fatal(err)
			}
			wanted = append(wanted, tt)
		}
		p, err := Load(dir, Options{Targets: wanted})
		if err != nil {
			t.Fatal(err)
		}
		if mac, rest := targetWords(p.Builds[0].Targets), targetWords(p.Builds[1].Targets); mac != tc.mac || rest != tc.rest {
			t.Errorf("%s: mac %s, rest %s", tc.wanted, mac, rest)
		}
	}
	p, err := Load(t.TempDir(), Options{Targets: []target.Target{{OS: "linux", Arch: "riscv64"}}})
	if err != nil || targetWords(p.EachMain.Targets) != "[linux/riscv64]" {
		t.Errorf("default project: %v, %v", p.EachMain.Targets, err)
	}
}

func targetWords(list []target.Target) string {
	var words []string
	for _, t := range list {
		words = append(words, t.String())
	}
	return "[" + strings.Join(words, " ") + "]"
}

func TestBucketURL(t *testing.T) {
	for _, tc := range []struct {
		b    bucket
		want string
	}{
		{bucket{Provider: "oss", Bucket: "b", Region: "oss-cn-hangzhou", Folder: "{{ .ProjectName }}/{{ .Version }}"}, "oss://b?region=cn-hangzhou"},
		{bucket{Provider: "oss", Bucket: "b", Region: "cn-beijing", Folder: "/pub/{{.ProjectName}}/v{{.Version}}/"}, "oss://b/pub?region=cn-beijing"},
		{bucket{Provider: "oss", Bucket: "b", Folder: "{{ .Env.TEAM }}/bin", Endpoint: "oss-internal.example.cn"}, "oss://b/{{ .Env.TEAM }}/bin?endpoint=oss-internal.example.cn"},
		{bucket{Provider: "cos", Bucket: "b-125", Region: "ap-guangzhou", Folder: "dl"}, "cos://b-125/dl?region=ap-guangzhou"},
		{bucket{Provider: "s3", Bucket: "b", Endpoint: "https://s3.example.cn", PathStyle: true}, "s3://b?endpoint=https%3A%2F%2Fs3.example.cn&path=1"},
		{bucket{Provider: "oss", Region: "cn-beijing"}, "error: the bucket is missing"},
		{bucket{Provider: "ftp", Bucket: "b"}, `error: unknown provider "ftp"`},
		{bucket{Provider: "oss", Bucket: "b", Folder: "{{ .Tag }}/x"}, `error: the folder "{{ .Tag }}/x" differs from version to version`},
	} {
		got, err := tc.b.url()
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != tc.want {
			t.Errorf("%+v\n got %s\nwant %s", tc.b, got, tc.want)
		}
	}
}
