package render

import (
	"regexp"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// What the package comment promises of every Dockerfile.
func TestRulesOfDockerfiles(t *testing.T) {
	for _, f := range files(t) {
		text := string(f.Data)
		ins := instructions(f.Data)
		code := strings.Join(ins, "")
		for _, never := range []string{"# syntax", "<<", "--checksum", "--mount", "--chmod", "--link", "\nADD ", "curl", "wget", "GOPROXY", "GOSUMDB", "\nSHELL", "http:"} {
			if strings.Contains(code, never) || never[0] == '#' && strings.Contains(text, never) {
				t.Errorf("%s: has %q", f.Path, never)
			}
		}
		for _, always := range []string{
			"GOTOOLCHAIN=local", "CGO_ENABLED=0", "HOME=/home/builder", "GOCACHE=/cache/go-build", "GOMODCACHE=/cache/mod", "GOPATH=/go", "PATH=/usr/local/go/bin:",
			"_DIGEST:+@${", "sha256sum -c sums", "dev.yingzao.go.version=\"" + f.Builds[0].SDK.Go + `"`,
			"image.title=", "image.version=", "image.revision=", "image.created=", "image.source=", "image.licenses=",
		} {
			if !strings.Contains(code, always) {
				t.Errorf("%s: lacks %q", f.Path, always)
			}
		}
		var user string
		stages := 0
		for _, in := range ins {
			word, rest, _ := strings.Cut(strings.TrimSpace(in), " ")
			switch word {
			case "USER":
				user = rest
			case "FROM":
				stages++
			case "RUN":
				if rest[0] != '[' && !strings.HasPrefix(rest, "set -eu;") && !strings.HasPrefix(rest, "rc=0; go version") {
					t.Errorf("%s: RUN does not begin with set -eu: %.40s", f.Path, rest)
				}
			}
		}
		if user != "65532:65532" || stages != 2 {
			t.Errorf("%s: user %q, %d stages", f.Path, user, stages)
		}
		if !strings.HasPrefix(text, "# Made by `yingzao image render`") || strings.Contains(text, "<no value>") {
			t.Errorf("%s: %.60s", f.Path, text)
		}
		if m := regexp.MustCompile(`(?m)[ \t]+$|\n\n\n|\t`).FindString(text); m != "" {
			t.Errorf("%s: untidy: %q", f.Path, m)
		}
		if installs := strings.Contains(code, "PACKAGES"); installs != (f.Builds[0].Variant.Packages != nil) {
			t.Errorf("%s: installs packages: %v", f.Path, installs)
		}
		base := f.Builds[0].Base
		if none := base.Family == matrix.None; none == strings.Contains(code, `base.name="${BASE}"`) {
			t.Errorf("%s: base.name", f.Path)
		}
		for _, b := range f.Builds {
			if pinned := strings.Contains(code, hexOf(b.SDK.H1)) && strings.Contains(code, b.SDK.H1); !pinned {
				t.Errorf("%s: the SDK for %s is not pinned", f.Path, b.Platform.Arch)
			}
			if old := b.Platform.World == "old"; old != strings.HasSuffix(f.Path, ".abi1.0") {
				t.Errorf("%s: %s of the world %q", f.Path, b.Platform.Arch, b.Platform.World)
			}
		}
	}
}

// Whatever can be built has a Dockerfile, and one only.
func TestFilesCoverTheMatrix(t *testing.T) {
	m := load(t)
	want := 0
	for _, b := range m.Builds() {
		if b.Hole.IsZero() {
			want++
		}
	}
	seen := map[string]bool{}
	for _, f := range files(t) {
		for _, b := range f.Builds {
			key := b.Base.Name + " " + b.Variant.Name + " " + b.Platform.Arch
			if seen[key] {
				t.Errorf("%s twice", key)
			}
			seen[key] = true
		}
	}
	if len(seen) != want {
		t.Errorf("%d of %d", len(seen), want)
	}
	m.Default = "none"
	if _, err := Files(m); err == nil {
		t.Error("an unknown default base is accepted")
	}
}

func TestDockerfileRefuses(t *testing.T) {
	m := load(t)
	debian, _ := m.Find("debian")
	kylin, _ := m.Find("kylin-v10sp3")
	scratch, _ := m.Find("scratch")
	v11, _ := m.Find("kylin-v11")
	plain, _ := m.Variant("go")
	builder, _ := m.Variant("builder")
	amd64 := matrix.SDK{Go: "1.26.8", Arch: "amd64"}
	for _, c := range []struct {
		name    string
		base    matrix.Base
		variant matrix.Variant
		sdks    []matrix.SDK
		want    string
	}{
		{"no SDK", debian, plain, nil, "no SDK"},
		{"no package manager", scratch, builder, []matrix.SDK{amd64}, "no package manager"},
		{"no such platform", debian, plain, []matrix.SDK{{Go: "1.26.8", Arch: "riscv64"}}, "nothing is built for riscv64"},
		{"a hole", v11, plain, []matrix.SDK{{Go: "1.26.8", Arch: "loong64"}}, "nothing is built for loong64"},
		{"new-world SDK on old-world base", kylin, plain, []matrix.SDK{{Go: "1.26.8", Arch: "loong64"}}, "other LoongArch world"},
		{"old-world SDK on new-world base", debian, plain, []matrix.SDK{{Go: "1.26.4", Arch: "loong64", ABI: matrix.ABI1}}, "other LoongArch world"},
		{"two releases", debian, plain, []matrix.SDK{amd64, {Go: "1.26.7", Arch: "arm64"}}, "in one file"},
		{"two ABIs", kylin, plain, []matrix.SDK{amd64, {Go: "1.26.8", Arch: "loong64", ABI: matrix.ABI1}}, "in one file"},
	} {
		data, err := Dockerfile(c.base, c.variant, c.sdks, debian)
		if err == nil || data != nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(msg.In(err, msg.Chinese), "生成 Dockerfile") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A digest becomes the default only where it holds for every platform: one
// architecture's would be pulled for all of them.
func TestPinnedBases(t *testing.T) {
	one, two := "sha256:"+strings.Repeat("1", 64), "sha256:"+strings.Repeat("2", 64)
	render := func(lock map[string]string) string {
		m := load(t)
		if err := m.Pin(matrix.Lock{Bases: map[string]map[string]string{"debian": lock}}); err != nil {
			t.Fatal(err)
		}
		all, err := Files(m)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			if f.Path == "debian/go/Dockerfile" {
				return string(f.Data)
			}
		}
		t.Fatal("debian/go/Dockerfile is not there")
		return ""
	}
	all := render(map[string]string{"amd64": one, "arm64": one, "loong64": one})
	if !strings.Contains(all, "\nARG BASE_DIGEST="+one+"\n") || strings.Contains(all, "not pinned") {
		t.Errorf("all of one digest: %.1500s", all)
	}
	some := render(map[string]string{"amd64": one, "arm64": two})
	for _, want := range []string{
		"\nARG BASE_DIGEST=\n", "\n# For amd64: --build-arg BASE_DIGEST=" + one + "\n", "\n# arm64 请加：--build-arg BASE_DIGEST=" + two + "\n",
		"\n# For loong64: --build-arg BASE=lcr.loongnix.cn/library/debian:trixie-slim\n", "基础镜像未按摘要固定",
	} {
		if !strings.Contains(some, want) {
			t.Errorf("lacks %q:\n%.1800s", want, some)
		}
	}
}
