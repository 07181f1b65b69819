package matrix

import (
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func load(t *testing.T) *Matrix {
	t.Helper()
	m, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// small is a valid table that cases change in one place.
const small = `go: 1.26.8
default: a-1
sdks:
  - go: 1.26.8
    arch: amd64
    h1: h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=
    source: somebody
  - go: 1.26.4
    arch: loong64
    abi: abi1.0
    sha256: a71684bf759ac162040f8e7cd617d0c6ed4725b55b5276cfeb367d3ab210e0e1
    url: https://dl.example/abi1.0/go1.26.4.linux-loong64.tar.gz
    source: somebody
variants:
  - name: go
    title: {en: one, zh: 一}
  - name: builder
    title: {en: two, zh: 二}
    packages: {rpm: [git]}
bases:
  - name: a-1
    title: {en: three, zh: 三}
    ref: reg.example/a:1
    family: rpm
    managers: [dnf]
    libc: glibc
    tier: standard
    platforms:
      - arch: amd64
      - {arch: arm64, hole: {en: no, zh: 无}}
      - {arch: loong64, world: old}
    evidence: somebody
    verified: never
  - name: scratch
    title: {en: four, zh: 四}
    family: none
    tier: micro
    platforms: [{arch: amd64}]
    evidence: somebody
    verified: 2026-11-21
`

func TestParse(t *testing.T) {
	m, err := Parse("m.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := m.Find("scratch"); err != nil || b.Verified != "2026-11-21" {
		t.Errorf("scratch: %+v, %v", b, err)
	}
}

func TestParseRefuses(t *testing.T) {
	cases := []struct{ name, from, to, want string }{
		{"key", "tier: standard", "tyre: standard", `m.yaml:27:5: unknown key "tyre" in bases`},
		{"go", "go: 1.26.8\ndef", "go: go1.26.8\ndef", `m.yaml:1:5: go: "go1.26.8" is not of the right form`},
		{"no default", "default: a-1\n", "", `m.yaml:1:1: default is missing`},
		{"default", "default: a-1", "default: b-1", `m.yaml:2:10: default: "b-1" is not of the right form`},
		{"h1", "h1:ZO", "h1:Z", `m.yaml:6:9: h1: `},
		{"neither sum", "    h1: h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=\n", "", "m.yaml:4:5: neither sha256 nor h1"},
		{"sha256", "sha256: a7", "sha256: A7", "m.yaml:11:13: sha256: "},
		{"abi1 sum", "    sha256: a71684bf759ac162040f8e7cd617d0c6ed4725b55b5276cfeb367d3ab210e0e1\n", "", "m.yaml:8:5: sha256 is missing"},
		{"abi1 url", "    url: https://dl.example/abi1.0/go1.26.4.linux-loong64.tar.gz\n", "", "m.yaml:8:5: url is missing"},
		{"url", "url: https", "url: http", "m.yaml:12:10: url: "},
		{"abi1 elsewhere", "arch: loong64\n    abi", "arch: amd64\n    abi", "m.yaml:10:10: ABI1.0 is LoongArch's alone"},
		{"abi", "abi: abi1.0", "abi: abi2.0", `abi: "abi2.0" is none of abi1.0`},
		{"source", "    source: somebody\nvariants", "variants", "m.yaml:8:5: source is missing"},
		{"sdk twice", "go: 1.26.4\n    arch: loong64\n    abi: abi1.0", "go: 1.26.8\n    arch: amd64", "m.yaml:8:5: go1.26.8 amd64 is there twice"},
		{"negative size", "abi: abi1.0", "abi: abi1.0\n    size: -1", `size: "-1" is not of the right form`},
		{"half a text", "{en: one, zh: 一}", "{en: one}", "m.yaml:16:12: title: both en and zh"},
		{"no text", "    title: {en: one, zh: 一}\n", "", "m.yaml:15:5: title: both en and zh"},
		{"package", "[git]", "[\"git; sh\"]", `"git; sh" is not of the right form`},
		{"family of packages", "{rpm: [git]}", "{none: [git]}", `none: "none" is none of rpm, deb, apk`},
		{"digest in ref", "a:1\n", "a@sha256:00\n", "m.yaml:23:10: ref: "},
		{"no tag", "example/a:1\n", "example/a\n", "m.yaml:23:10: ref: "},
		{"no registry", "reg.example/a:1", "a:1", "m.yaml:23:10: ref: "},
		{"ref of scratch", "family: none", "family: none\n    ref: reg.example/a:1", "ref: "},
		{"family", "family: rpm", "family: msi", `m.yaml:24:13: family: "msi" is none of rpm, deb, apk, none`},
		{"manager", "[dnf]", "[apt-get]", `m.yaml:25:16: managers: "apt-get" is none of dnf, microdnf, yum`},
		{"tier", "tier: standard", "tier: big", "m.yaml:27:11: tier"},
		{"arch", "- arch: amd64\n      - {arch: arm64", "- arch: x86_64\n      - {arch: arm64", `arch: "x86_64" is none of amd64, arm64, loong64`},
		{"arch twice", "{arch: arm64,", "{arch: amd64,", "m.yaml:30:9: amd64 is there twice"},
		{"no world", "{arch: loong64, world: old}", "{arch: loong64}", `m.yaml:31:9: world: "" is none of new, old`},
		{"world elsewhere", "{arch: arm64,", "{arch: arm64, world: new,", "only loong64 has worlds"},
		{"half a hole", "hole: {en: no, zh: 无}", "hole: {en: no}", "m.yaml:30:29: hole: both en and zh"},
		{"evidence", "    evidence: somebody\n    verified: never", "    verified: never", "m.yaml:21:5: evidence is missing"},
		{"verified", "verified: never", "verified: soon", `m.yaml:33:15: verified: "soon"`},
		{"date", "2026-11-21", "2026-11-31", `verified: "2026-11-31"`},
		{"base twice", "name: scratch", "name: a-1", "m.yaml:34:11: base a-1 is there twice"},
		{"variant twice", "name: builder", "name: go", "m.yaml:17:11: variant go is there twice"},
		{"no platforms", "platforms: [{arch: amd64}]", "platforms: []", "platforms is missing"},
		{"libc", "    libc: glibc\n", "", "libc is missing"},
		{"empty", small, "", "m.yaml: go is missing"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(small, c.from) {
				t.Fatalf("%q is not in the table", c.from)
			}
			m, err := Parse("m.yaml", []byte(strings.Replace(small, c.from, c.to, 1)))
			if err == nil || m != nil {
				t.Fatalf("accepted: %+v", m)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\nlacks %q", err, c.want)
			}
			if msg.KindOf(err) != msg.Usage {
				t.Errorf("kind %v", msg.KindOf(err))
			}
			if zh := msg.In(err, msg.Chinese); zh == err.Error() {
				t.Errorf("no Chinese in %s", zh)
			}
		})
	}
}

// Everything wrong is told at once.
func TestParseTellsAll(t *testing.T) {
	_, err := Parse("m.yaml", []byte(strings.NewReplacer("tier: standard", "tier: big", "verified: never", "verified: soon").Replace(small)))
	if err == nil || strings.Count(err.Error(), "m.yaml:") != 2 {
		t.Errorf("%v", err)
	}
}

func TestFind(t *testing.T) {
	m := load(t)
	b, err := m.Find("kylin-v10sp3")
	if err != nil || b.Family != RPM {
		t.Fatalf("%+v, %v", b, err)
	}
	if _, err := m.Find("kylin-v10-sp3"); err == nil || !strings.Contains(msg.Hint(err).EN, "did you mean kylin-v10sp3?") || msg.KindOf(err) != msg.Usage {
		t.Errorf("%v, hint %v", err, msg.Hint(err))
	}
	if _, err := m.Find("windows"); err == nil || !strings.HasPrefix(msg.Hint(err).EN, "there are: openeuler-24.03, ") || !strings.Contains(msg.In(err, msg.Chinese), "查找基础镜像") {
		t.Errorf("%v, hint %v", err, msg.Hint(err))
	}
	if v, err := m.Variant("builder"); err != nil || !slices.Contains(v.Packages[APK], "git") {
		t.Errorf("%+v, %v", v, err)
	}
	if _, err := m.Variant("bilder"); err == nil || !strings.Contains(msg.Hint(err).EN, "builder") {
		t.Errorf("%v", err)
	}
}

func TestSDKFor(t *testing.T) {
	m := load(t)
	for _, c := range []struct{ release, arch, world, want, err, hint string }{
		{"", "amd64", "", "1.26.8", "", ""},
		{"go1.26.8", "arm64", "new", "1.26.8", "", ""},
		{"1.26.7", "loong64", "new", "1.26.7", "", ""},
		{"", "loong64", "new", "1.26.8", "", ""},
		{"", "loong64", "old", "1.26.4 abi1.0", "", ""},
		{"1.25.11", "loong64", "old", "1.25.11 abi1.0", "", ""},
		{"1.27.0", "amd64", "", "", "no sum of go1.27.0 linux/amd64", "known for this platform: 1.26.8"},
		{"1.26.8", "loong64", "old", "", "go1.26.8 linux/loong64-abi1.0", "1.24.13, 1.25.11, 1.26.4"},
		{"", "riscv64", "", "", "go1.26.8 linux/riscv64", "linux/amd64, linux/arm64, linux/loong64, linux/loong64-abi1.0"},
		{"", "amd64", "old", "", "linux/amd64-abi1.0", "there are:"},
		{"", "loong64", "ancient", "", `world "ancient"`, "new, old"},
	} {
		s, err := m.SDKFor(c.release, c.arch, c.world)
		if got := strings.TrimSpace(s.Go + " " + s.ABI); got != c.want {
			t.Errorf("%s %s %s: %q, want %q", c.release, c.arch, c.world, got, c.want)
		}
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s %s %s: error %v, want %q", c.release, c.arch, c.world, err, c.err)
		}
		if h := msg.Hint(err); c.hint != "" && (!strings.Contains(h.EN, c.hint) || h.ZH == "") {
			t.Errorf("%s %s %s: hint %q, want %q", c.release, c.arch, c.world, h.EN, c.hint)
		}
	}
	m.Go = "1.25.12" // a release older than the newest ABI1.0
	if s, err := m.SDKFor("", "loong64", "old"); err != nil || s.Go != "1.25.11" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestBuilds(t *testing.T) {
	m := load(t)
	rows := map[string]Build{}
	for _, b := range m.Builds() {
		rows[b.Base.Name+" "+b.Variant.Name+" "+b.Platform.Arch] = b
		if b.Hole.IsZero() == (b.SDK.Go == "") {
			t.Errorf("%s %s: SDK %+v and hole %v", b.Base.Name, b.Platform.Arch, b.SDK, b.Hole)
		}
	}
	n := 0
	for _, b := range m.Bases {
		n += len(b.Platforms) * len(m.Variants)
	}
	if len(rows) != n {
		t.Errorf("%d rows, want %d", len(rows), n)
	}
	for key, want := range map[string]string{
		"openeuler-24.03 builder loong64": "1.26.8 lcr.loongnix.cn/openeuler/openeuler:24.03-LTS-SP2",
		"openeuler-24.03 go amd64":        "1.26.8 docker.io/openeuler/openeuler:24.03-lts",
		"kylin-v10sp3 go loong64":         "1.26.4 cr.kylinos.cn/kylin/kylin-server-platform:v10sp3-2403",
		"scratch go arm64":                "1.26.8 ",
	} {
		if got := rows[key].SDK.Go + " " + rows[key].Base.RefFor(rows[key].Platform.Arch); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	for key, want := range map[string]string{
		"scratch builder amd64":     "no package manager",
		"kylin-v11 go loong64":      "nobody has seen",
		"uos-20-1070e go loong64":   "old world",
		"anolis-8 builder amd64":    "LoongArch alone",
		"loongnix-20 builder arm64": "LoongArch alone",
	} {
		if h := rows[key].Hole; !strings.Contains(h.EN, want) || h.ZH == "" {
			t.Errorf("%s: hole %q, want %q", key, h.EN, want)
		}
	}
	m.Go = "1.27.0"
	for _, b := range m.Builds() {
		if b.Base.Name == "debian" && b.Platform.Arch == "amd64" && !strings.Contains(b.Hole.EN, "no sum of go1.27.0") {
			t.Errorf("a release without sum: %+v", b)
		}
	}
}

// A variant that installs something needs a word for each family of a base that
// could install it.
func TestVariantHole(t *testing.T) {
	v := Variant{Packages: map[Family][]string{RPM: {"git"}}}
	if h := v.Hole(Base{Family: Deb, Managers: []string{"apt-get"}}); !strings.Contains(h.EN, "deb") {
		t.Errorf("%v", h)
	}
	if h := v.Hole(Base{Family: RPM, Managers: []string{"dnf"}}); !h.IsZero() {
		t.Errorf("%v", h)
	}
}

// The bases that the project is for are there, and nobody claims to have pulled
// one without a date.
func TestTable(t *testing.T) {
	m := load(t)
	for _, name := range []string{"kylin-v10sp3", "kylin-v11", "uos-20-1070a", "uos-20-1070e", "openeuler-24.03", "debian", "scratch"} {
		if _, err := m.Find(name); err != nil {
			t.Error(err)
		}
	}
	for _, b := range m.Bases {
		for _, p := range b.Platforms {
			ref := b.RefFor(p.Arch)
			if p.Hole.IsZero() && strings.HasPrefix(ref, "cr.loongnix.cn/") && p.World != "old" || strings.HasPrefix(ref, "lcr.loongnix.cn/") && p.World != "new" {
				t.Errorf("%s %s: %s is of the other world", b.Name, p.Arch, ref)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("bases: [{platforms: [{}]}]"))
	f.Add([]byte("sdks: [{}, {}]\nvariants: [{packages: {rpm: [x]}}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse("f", data)
		if err != nil {
			return
		}
		for _, b := range m.Builds() { // what was accepted can be used
			_ = b.Base.RefFor(b.Platform.Arch)
		}
		if _, err := m.Find(m.Default); err != nil {
			t.Error(err)
		}
	})
}
