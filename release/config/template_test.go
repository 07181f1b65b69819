package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// sampleFields are the names of one release of "demo" for a target.
func sampleFields(t *testing.T, on string) Fields {
	t.Helper()
	f := Fields{
		ProjectName: "demo", ModulePath: "example.cn/demo", Version: "1.2.3-rc.1", RawVersion: "1.2.3", Tag: "v1.2.3-rc.1", PreviousTag: "v1.2.2",
		Major: 1, Minor: 2, Patch: 3, Prerelease: "rc.1", Branch: "main", Commit: "0123456789abcdef", FullCommit: "0123456789abcdef", ShortCommit: "0123456",
		Summary: "v1.2.3-rc.1-0-g0123456", GitURL: "https://example.cn/demo", TagSubject: "first\nline", CommitTime: time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("CST", 8*3600)),
		RuntimeGoos: "linux", RuntimeGoarch: "amd64",
		Env: map[string]string{"NAME": "value", "EMPTY": "", "DEPLOY_TOKEN": "hunter2-very-secret"},
	}
	if on != "" {
		tt, err := target.Parse(on)
		if err != nil {
			t.Fatal(err)
		}
		b := TargetFields(tt)
		b.Name, b.Path, b.Ext = "demo", "dist/demo", ""
		f.Build, f.Artifact = &b, &ArtifactFields{Binary: "demo", ArtifactName: "demo_1.2.3", ArtifactExt: "", ArtifactPath: "dist/demo"}
	}
	return f
}

func TestExpand(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "note.txt"), []byte(" hello \n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for tmpl, want := range map[string]string{
		// fields
		"{{ .ProjectName }} {{.Version}} {{ .RawVersion }} {{ .Tag }} {{ .PreviousTag }}":                                                 "demo 1.2.3-rc.1 1.2.3 v1.2.3-rc.1 v1.2.2",
		"{{ .Major }}.{{ .Minor }}.{{ .Patch }}-{{ .Prerelease }}":                                                                        "1.2.3-rc.1",
		"{{ .CommitDate }} {{ .CommitTimestamp }}":                                                                                        "2026-01-01T19:04:05Z 1767294245",
		"{{ .Date }} {{ .Timestamp }} {{ .Now.Year }}":                                                                                    "2026-01-01T19:04:05Z 1767294245 2026",
		"{{ .IsSnapshot }} {{ .IsNightly }} {{ .IsGitDirty }} {{ .IsGitClean }} {{ .GitTreeState }} {{ .IsDraft }} {{ .IsSingleTarget }}": "false false false true clean false false",
		"{{ .Runtime.Goos }}/{{ .Runtime.Goarch }}":                                                                                       "linux/amd64",
		"{{ .Os }}_{{ .Arch }}_{{ .Amd64 }}_{{ .Arm }}{{ .Mips }}":                                                                        "linux_amd64_v1_",
		"{{ .Target }} {{ .Name }} {{ .Path }}{{ .Ext }}":                                                                                 "linux_amd64_v1 demo dist/demo",
		"{{ .Binary }} {{ .ArtifactName }} {{ .ArtifactPath }}":                                                                           "demo demo_1.2.3 dist/demo",
		"{{ .Env.NAME }}|{{ .Env.EMPTY }}|{{ index .Env \"NAME\" }}":                                                                      "value||value",
		"{{ .Summary }} {{ .Branch }} {{ .ShortCommit }} {{ .GitURL }} {{ .ModulePath }}":                                                 "v1.2.3-rc.1-0-g0123456 main 0123456 https://example.cn/demo example.cn/demo",
		// functions
		`{{ replace "v1.2" "v" "" }} {{ trimprefix "v1" "v" }} {{ trimsuffix "a.go" ".go" }} {{ trim "  x " }}`:    "1.2 1 a x",
		`{{ title "linux" }} {{ tolower "ABC" }} {{ toupper "abc" }} {{ contains "abc" "b" }}`:                     "Linux abc ABC true",
		`{{ index (split "a-b" "-") 1 }} {{ dir "a/b" }} {{ base "a/b" }}`:                                         "b a b",
		`{{ incpatch "v1.2.3" }} {{ incminor "1.2.3" }} {{ incmajor "1.2.3" }} {{ incpatch .RawVersion }}`:         "v1.2.4 1.3.0 2.0.0 1.2.4",
		`{{ time "2006-01-02" }} {{ .Now.Format "15:04" }}`:                                                        "2026-01-01 19:04",
		`{{ envOrDefault "NAME" "x" }} {{ envOrDefault "NONE" "x" }} {{ isEnvSet "NAME" }} {{ isEnvSet "EMPTY" }}`: "value x true false",
		`{{ $m := map "a" "1" "b" "2" }}{{ $m.b }} {{ indexOrDefault $m "c" "3" }}`:                                "2 3",
		`{{ englishJoin (list "a" "b" "c") }}; {{ englishJoin (list "a" "b") }}; {{ englishJoin (list "a") }}`:     "a, b, and c; a and b; a",
		`{{ urlPathEscape "a b/c" }} {{ mdv2escape "1.2" }}`:                                                       `a%20b%2Fc 1\.2`,
		`{{ filter "a\nb\nab" "^a" }}|{{ reverseFilter "a\nb" "^a" }}`:                                             "a\nab|b",
		`{{ readFile "note.txt" }} {{ mustReadFile "note.txt" }} [{{ readFile "absent" }}]`:                        "hello hello []",
		`{{ printf "%03d" .Patch }}{{ if and (eq .Os "linux") (not .IsSnapshot) }}!{{ end }}`:                      "003!",
		"": "",
	} {
		f := sampleFields(t, "linux/amd64")
		f.Dir = dir
		got, err := Expand(tmpl, f)
		if err != nil {
			t.Errorf("%s: %v", tmpl, err)
			continue
		}
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", tmpl, got, want)
		}
	}
}

// The hashes of the three bytes "abc" are in the standards.
func TestExpandHashes(t *testing.T) {
	f := sampleFields(t, "")
	f.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(f.Dir, "abc"), []byte("abc"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"md5": "900150983cd24fb0d6963f7d28e17f72", "crc32": "352441c2", "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
		"sha224": "23097d223405d8228642a477bda2", "sha256": "ba7816bf8f01cfea414140de5dae2223", "sha384": "cb00753f45a35e8bb5a03d699ac65007", "sha512": "ddaf35a193617abacc417349ae204131",
		"sha3_224": "e642824c3f8cf24ad09234ee7d3c766f", "sha3_256": "3a985da74fe225b2045c172d6bd390bd", "sha3_384": "ec01498288516fc926459f58e2c6ad8d", "sha3_512": "b751850b1a57168a5693cd924b6b096e",
		"blake2b": "ba80a53f981c4d0d6a2797b69f12f6e9", "blake2s": "508c5e8c327c14e2e1a72ba34eeb452f", "blake3": "6437b3ac38465133ffb63b75273a8db5",
	} {
		got, err := Expand("{{ "+name+` "abc" }}`, f)
		if err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, %v; want %s…", name, got, err, want)
		}
	}
	if abs, err := Expand(`{{ md5 "`+filepath.ToSlash(filepath.Join(f.Dir, "abc"))+`" }}`, f); err != nil || !strings.HasPrefix(abs, "9001") {
		t.Errorf("an absolute path inside the project: %q, %v", abs, err)
	}
}

func TestTargetFields(t *testing.T) {
	const names = "{{ .Target }}|{{ .Arch }}|{{ .Amd64 }}{{ .I386 }}{{ .Arm }}{{ .Arm64 }}{{ .Mips }}{{ .Ppc64 }}{{ .Riscv64 }}"
	for in, want := range map[string]string{
		"linux/amd64": "linux_amd64_v1|amd64|v1", "linux/amd64/v2": "linux_amd64_v2|amd64|v2", "linux/arm64": "linux_arm64_v8.0|arm64|v8.0",
		"linux/arm/6": "linux_arm_6|arm|6", "linux/loong64": "linux_loong64|loong64|", "linux/loong64-abi1.0": "linux_loong64-abi1.0|loong64-abi1.0|",
		"windows/386": "windows_386_sse2|386|sse2", "linux/mips64le": "linux_mips64le_hardfloat|mips64le|hardfloat",
		"linux/ppc64le": "linux_ppc64le_power8|ppc64le|power8", "linux/riscv64": "linux_riscv64_rva20u64|riscv64|rva20u64",
	} {
		if got, err := Expand(names, sampleFields(t, in)); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestExpandErrors(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("root:x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	for _, tc := range []struct{ tmpl, on, want, hint string }{
		{"a {{ .Versoin }}", "", `1:6: unknown field .Versoin`, "did you mean .Version?"},
		{"{{ .Frobnicate }}", "", "unknown field .Frobnicate", ""},
		{"{{ .Os }}", "", "the field .Os is not available here", "target"},
		{"{{ .ConventionalFileName }}", "linux/amd64", "not available here", "package"},
		{"x\n{{ if true }}{{ $.Taag }}{{ end }}", "", "2:18: unknown field .Taag", "did you mean .Tag?"},
		{"{{ if .IsSnapshot }}{{ .Nope }}{{ end }}{{ .Env.MISSING }}", "", "the environment variable MISSING is not given", `envOrDefault "MISSING"`},
		{"{{ .Env.DEPLOY_TOKEN | incpatch }}", "", `"***" is not a version`, ""},
		{"{{ titlle .ProjectName }}", "", "unknown function titlle", "did you mean title?"},
		{"{{ .ProjectName }", "", "unexpected", ""},
		{"{{ if }}", "", "missing value for if", ""},
		{"{{ incpatch \"x.y\" }}", "", `"x.y" is not a version`, ""},
		{"{{ map \"a\" }}", "", "map takes pairs", ""},
		{"{{ filter \"a\" \"(\" }}", "", "regular expression", ""},
		{"{{ readFile \"../secret\" }}", "", "outside the project", "files of the project only"},
		{"{{ readFile \"~/.ssh/id_rsa\" }}", "", "outside the project", ""},
		{"{{ mustReadFile \"/etc/passwd\" }}", "", "outside the project", ""},
		{"{{ sha256 \"/etc/passwd\" }}", "", "outside the project", ""},
		{"{{ readFile \"link\" }}", "", "read link", ""},
		{"{{ mustReadFile \"absent\" }}", "", "read absent", ""},
		{"{{ readFile \".\" }}", "", "not a regular file", ""},
		{"{{ .ProjectName.Foo }}", "", "can't evaluate field Foo", ""},
		{"{{ range 2000000 }}xxxxxxxxxx{{ end }}", "", "longer than 1048576 bytes", ""},
	} {
		f := sampleFields(t, tc.on)
		f.Dir = dir
		got, err := Expand(tc.tmpl, f)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %q, %v; want %q", tc.tmpl, got, err, tc.want)
			continue
		}
		if h := msg.Hint(err).EN; !strings.Contains(h, tc.hint) {
			t.Errorf("%s: hint %q, want %q", tc.tmpl, h, tc.hint)
		}
		bilingual(t, tc.tmpl, err)
	}
	if _, err := Expand(`{{ readFile "x" }}`, sampleFields(t, "")); err == nil {
		t.Error("readFile without a folder works")
	}
	if err := In("builds.ldflags", nil); err != nil {
		t.Error("In(nil) is an error")
	}
	_, err := Expand("{{ .X }}", sampleFields(t, ""))
	if got := In("builds.ldflags", err).Error(); !strings.HasPrefix(got, "builds.ldflags: template") {
		t.Errorf("In: %s", got)
	}
}

// bilingual fails unless err is a usage error told in both languages, without
// formatting accidents and without the canary secret.
func bilingual(t *testing.T, what string, err error) {
	t.Helper()
	if msg.KindOf(err) != msg.Usage {
		t.Errorf("%s: kind %v: %v", what, msg.KindOf(err), err)
	}
	zh := msg.In(err, msg.Chinese)
	if !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		t.Errorf("%s: no Chinese in %q", what, zh)
	}
	h := msg.Hint(err)
	if h.EN != "" && !strings.ContainsFunc(h.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		t.Errorf("%s: no Chinese in the hint %q", what, h.ZH)
	}
	for _, s := range []string{err.Error(), zh, h.EN, h.ZH} {
		if strings.Contains(s, "%!") || strings.Contains(s, "hunter2") || strings.Contains(s, "\x1b") {
			t.Errorf("%s: %q", what, s)
		}
	}
}

func TestWallClock(t *testing.T) {
	f := sampleFields(t, "")
	f.WallClock = time.Date(2030, 5, 6, 7, 8, 9, 0, time.UTC)
	got, err := Expand(`{{ .Date }} {{ time "2006" }} {{ .CommitDate }}`, f)
	if want := "2030-05-06T07:08:09Z 2030 2026-01-01T19:04:05Z"; err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func TestUsesClockAndEnvNames(t *testing.T) {
	for tmpl, want := range map[string]bool{
		"{{ .Date }}": true, "{{.Timestamp}}": true, "{{ .Now.Year }}": true, `{{ time "2006" }}`: true, "{{ if true }}{{ $.Date }}{{ end }}": true,
		`{{ printf "%s" (time "2006") }}`: true, "{{ with .Tag }}{{ . }}{{ else }}{{ .Date }}{{ end }}": true,
		"{{ .CommitDate }}": false, "date": false, "{{ .Version": false, "{{ .Env.Date }}": false,
	} {
		if got := UsesClock(tmpl); got != want {
			t.Errorf("UsesClock(%s) = %v", tmpl, got)
		}
	}
	got := EnvNames(`{{ .Env.B }}{{ envOrDefault "A" "" }}`, `{{ if isEnvSet "C" }}{{ index .Env "D" }}{{ end }}{{ with .Tag }}{{ $.Env.E }}{{ end }}`, "{{ .Env.B }}")
	if want := []string{"A", "B", "C", "D", "E"}; !slices.Equal(got, want) {
		t.Errorf("EnvNames = %v, want %v", got, want)
	}
}

func TestSecretName(t *testing.T) {
	for name, want := range map[string]bool{
		"GITHUB_TOKEN": true, "ALICLOUD_ACCESS_KEY_SECRET": true, "ALICLOUD_ACCESS_KEY_ID": true, "db_password": true, "SIGNING_KEY": true, "COSIGN_PASSPHRASE": true,
		"VERSION": false, "GOFLAGS": false, "KEYBOARD": false, "BUILD_USER": false,
	} {
		if SecretName(name) != want {
			t.Errorf("SecretName(%s) = %v", name, !want)
		}
	}
}

func FuzzExpand(f *testing.F) {
	for _, seed := range []string{"", "{{ .Version }}", "{{ .Env.X }}", `{{ title .Os }}`, `{{- if eq .Arch "amd64" }}x86_64{{ else }}{{ .Arch }}{{ end -}}`,
		`{{ with .Arm }}v{{ . }}{{ end }}`, `{{ incpatch .Tag }}`, `{{ range $i, $e := list "a" "b" }}{{ $e }}{{ end }}`, `{{ define "x" }}{{ .Y }}{{ end }}{{ template "x" . }}`, "{{", `{{ .A.B.C }}`, `{{ readFile "/etc/passwd" }}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, tmpl string) {
		if strings.Contains(tmpl, "range") { // a range over a large number takes its time; configuration may do so, a fuzzer must not
			return
		}
		fields := sampleFields(t, "linux/amd64")
		a, err := Expand(tmpl, fields)
		if b, err2 := Expand(tmpl, fields); a != b || (err == nil) != (err2 == nil) {
			t.Errorf("not reproducible: %q and %q", a, b)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("secret in %v", err)
		}
		UsesClock(tmpl)
		EnvNames(tmpl)
	})
}
