package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/config"
)

// describe shows what of a plan decides names, members and flags, a line each.
func describe(p *Plan) string {
	var b strings.Builder
	members := func(ms []Member) {
		for _, m := range ms {
			from := m.From
			if m.Build != "" {
				from = "build " + m.Build
			}
			fmt.Fprintf(&b, "  %s < %s %o\n", m.Name, from, m.Mode)
		}
	}
	for _, a := range p.Archives {
		u := ""
		if a.Universal != "" {
			u = " universal"
		}
		fmt.Fprintf(&b, "%s (%s %s%s)\n", a.Name, a.Target, a.Format, u)
		members(a.Members)
	}
	for _, k := range p.Packages {
		fmt.Fprintf(&b, "%s (%s %s)\n", k.Name, k.Package.Target, k.Package.Format)
		members(k.Binaries)
		members(k.Inputs)
	}
	if p.Source != nil {
		fmt.Fprintln(&b, p.Source.Name)
		members(p.Source.Members)
	}
	return b.String()
}

func yaml(text string) files { return files{".yingzao.yaml": "version: 1\nrelease:\n" + text} }

func TestArchivePlans(t *testing.T) {
	two := "  builds:\n    - {id: a, main: ., binary: a, targets: [linux/amd64, windows/amd64]}\n    - {id: b, main: ., binary: b, targets: [linux/amd64]}\n"
	for _, tc := range []struct {
		name string
		more files
		yaml string
		want string // or, with a leading !, the error
	}{
		{"nothing configured", nil, "", `
hello_1.2.3_linux_amd64.tar.gz (linux/amd64 tar.gz)
  LICENSE < LICENSE 644
  hello < build hello 755`},
		{"overrides, wrapping", nil, "  targets: [linux/arm64, windows/amd64, darwin/arm64]\n  archives:\n    - {formats: [tar.zst, zip], format_overrides: {windows: zip, darwin: none}, wrap_in_directory: true, files: [LICENSE]}\n", `
hello_1.2.3_linux_arm64.tar.zst (linux/arm64 tar.zst)
  hello_1.2.3_linux_arm64/LICENSE < LICENSE 644
  hello_1.2.3_linux_arm64/hello < build hello 755
hello_1.2.3_linux_arm64.zip (linux/arm64 zip)
  hello_1.2.3_linux_arm64/LICENSE < LICENSE 644
  hello_1.2.3_linux_arm64/hello < build hello 755
hello_1.2.3_windows_amd64.zip (windows/amd64 zip)
  hello_1.2.3_windows_amd64/LICENSE < LICENSE 644
  hello_1.2.3_windows_amd64/hello.exe < build hello 755`},
		{"folder by template", nil, "  archives:\n    - {wrap_in_directory: 'x-{{ .Arch }}', files: [{src: none, optional: true}], builds_info: {mode: 0700}}\n", `
hello_1.2.3_linux_amd64.tar.gz (linux/amd64 tar.gz)
  x-amd64/hello < build hello 700`},
		{"bare binaries", nil, "  targets: [linux/amd64, windows/amd64]\n  archives:\n    - {formats: [binary, gz], files: [LICENSE]}\n", `
hello_1.2.3_linux_amd64 (linux/amd64 binary)
  hello < build hello 755
hello_1.2.3_linux_amd64.gz (linux/amd64 gz)
  hello < build hello 755
hello_1.2.3_windows_amd64.exe (windows/amd64 binary)
  hello.exe < build hello 755
hello_1.2.3_windows_amd64.gz (windows/amd64 gz)
  hello.exe < build hello 755`},
		{"levels tell names apart", nil, "  targets: [linux/amd64, linux/amd64/v3, linux/arm/7]\n  archives: [{files: [{src: none, optional: true}]}]\n", `
hello_1.2.3_linux_amd64.tar.gz (linux/amd64 tar.gz)
  hello < build hello 755
hello_1.2.3_linux_amd64v3.tar.gz (linux/amd64/v3 tar.gz)
  hello < build hello 755
hello_1.2.3_linux_armv7.tar.gz (linux/arm/7 tar.gz)
  hello < build hello 755`},
		{"folders in binary names", nil, "  builds: [{id: a, main: ., binary: 'bin/{{ .Os }}/a', targets: [linux/amd64]}]\n  archives:\n    - {id: x, name_template: deep, files: [{src: none, optional: true}]}\n    - {id: y, name_template: flat, strip_binary_directory: true, files: [{src: none, optional: true}]}\n", `
deep.tar.gz (linux/amd64 tar.gz)
  bin/linux/a < build a 755
flat.tar.gz (linux/amd64 tar.gz)
  a < build a 755`},
		{"files only", nil, "  archives:\n    - {meta: true, name_template: 'doc-{{ .Version }}', files: ['docs/**']}\n", `
doc-1.2.3.tar.gz (linux/amd64 tar.gz)
  docs/deep/more.md < docs/deep/more.md 644
  docs/用法.md < docs/用法.md 644`},
		{"different counts are refused", nil, two, "!different numbers of binaries"},
		{"different counts allowed", nil, two + "  archives:\n    - {allow_different_binary_count: true, name_template: 'p_{{ .Os }}', files: [{src: none, optional: true}]}\n", `
p_linux.tar.gz (linux/amd64 tar.gz)
  a < build a 755
  b < build b 755
p_windows.tar.gz (windows/amd64 tar.gz)
  a.exe < build a 755`},
		{"builds apart", nil, two + "  archives:\n    - {id: x, ids: [a], name_template: 'a_{{ .Os }}', files: [{src: none, optional: true}]}\n    - {id: y, ids: [b], name_template: b, files: [{src: none, optional: true}]}\n", `
a_linux.tar.gz (linux/amd64 tar.gz)
  a < build a 755
a_windows.tar.gz (windows/amd64 tar.gz)
  a.exe < build a 755
b.tar.gz (linux/amd64 tar.gz)
  b < build b 755`},
		{"one name for two targets", nil, "  targets: [linux/amd64, linux/arm64]\n  archives: [{name_template: '{{ .ProjectName }}'}]\n", "!are both called hello.tar.gz"},
		{"names that differ in case only", nil, "  archives:\n    - {id: x, name_template: A}\n    - {id: y, name_template: a}\n", "!are both called a.tar.gz"},
		{"a name that leaves the folder", nil, "  archives: [{name_template: '../{{ .ProjectName }}'}]\n", "!contains a path separator"},
		{"one of our own names", nil, "  checksum: {name_template: plan.json}\n", "!are both called plan.json"},
		{"a folder of our own", nil, "  archives: [{formats: [binary], name_template: parts}]\n", "!are both called parts"},
		{"two binaries of one name", nil, "  builds:\n    - {id: a, main: ., binary: same, targets: [linux/amd64]}\n    - {id: b, main: ., binary: same, targets: [linux/amd64]}\n", "!same is in it twice"},
		{"a binary name that leaves the folder", nil, "  builds: [{main: ., binary: '../x', targets: [linux/amd64]}]\n", "!cannot be the name of a binary"},
		{"a binary name like a flag", nil, "  builds: [{main: ., binary: 'x/-o', targets: [linux/amd64]}]\n", "!cannot be the name of a binary"},
		{"no main package", nil, "  builds: [{main: ./greet, targets: [linux/amd64]}]\n", "!there is no main package in greet"},
		{"no such folder", nil, "  builds: [{main: ./cmd/none, targets: [linux/amd64]}]\n", "!there is no folder cmd/none"},
		{"everything skipped", nil, "  builds: [{main: ., skip: true}]\n", "!nothing is left to build"},
		{"neither true nor false", nil, "  builds: [{main: ., skip: '{{ .Os }}'}]\n", "!builds.skip"},
		{"bad template", nil, "  archives: [{name_template: '{{ .Versoin }}'}]\n", "!archives.name_template"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			y := tc.yaml
			if !strings.Contains(y, "targets:") && !strings.Contains(y, "skip") {
				y = "  targets: [linux/amd64]\n" + y
			}
			p, err := plans(t, folder(t, hello.with(tc.more).with(yaml(y))), Options{})
			if text, bad := strings.CutPrefix(tc.want, "!"); bad {
				says(t, err, text)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want(t, "plan", describe(p), tc.want)
		})
	}
}

func TestExtraFiles(t *testing.T) {
	for _, tc := range []struct {
		name, files string
		want        string // or, with a leading !, the error
	}{
		{"a folder means all files in it", "[docs]", "docs/deep/more.md docs/用法.md"},
		{"double asterisk", "['docs/**/*.md']", "docs/deep/more.md docs/用法.md"},
		{"one level", "['docs/*.md']", "docs/用法.md"},
		{"braces and classes", "['{LICENSE,READ*}', 'docs/deep/[m]ore.md']", "LICENSE docs/deep/more.md"},
		{"two patterns, one file", "[LICENSE, 'LIC*']", "LICENSE"},
		{"renamed", "[{src: LICENSE, dst: COPYING}]", "COPYING<LICENSE"},
		{"a glob into a folder", "[{src: 'LICENSE*', dst: legal}]", "legal/LICENSE<LICENSE"},
		{"a tree moved", "[{src: 'docs/**', dst: doc}]", "doc/deep/more.md<docs/deep/more.md doc/用法.md<docs/用法.md"},
		{"a folder moved", "[{src: docs, dst: doc}]", "doc/deep/more.md<docs/deep/more.md doc/用法.md<docs/用法.md"},
		{"without folders", "[{src: 'docs/**', dst: d, strip_parent: true}]", "d/more.md<docs/deep/more.md d/用法.md<docs/用法.md"},
		{"template", "['{{ if eq .Os \"linux\" }}LICENSE{{ end }}']", "LICENSE"},
		{"empty template", "['{{ if eq .Os \"windows\" }}LICENSE{{ end }}']", ""},
		{"modes", "[{src: scripts, info: {mode: 0600}}]", "scripts/post.sh"},
		{"nothing matches", "[CHANGES]", "!no file matches CHANGES"},
		{"nothing matches, and it may", "[{src: CHANGES, optional: true}]", ""},
		{"absolute", "[/etc/passwd]", "!is an absolute path"},
		{"outside of the project", "[../../../etc/passwd]", "!outside of the project"},
		{"bad pattern", "['docs/[']", "!pattern docs/["},
		{"names that collide", "[{src: LICENSE, dst: x}, {src: docs/用法.md, dst: x}]", "!x is in it twice"},
		{"a name that leaves the archive", "[{src: LICENSE, dst: ../x}]", "!leaves the archive"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			// Not even the project's own path may be read as a pattern.
			dir := filepath.Join(folder(t, nil), "[v1]{a,b}*")
			hello.with(yaml("  targets: [linux/amd64]\n  archives: [{files: "+tc.files+"}]\n")).write(t, dir)
			p, err := plans(t, dir, Options{})
			if text, bad := strings.CutPrefix(tc.want, "!"); bad {
				says(t, err, text)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range p.Archives[0].Members {
				if m.Build != "" {
					continue
				}
				name := m.Name
				if m.From != m.Name {
					name += "<" + m.From
				}
				got = append(got, name)
				if m.SHA256 == "" || tc.name == "modes" && m.Mode != 0o600 || !m.ModTime.Equal(epoch) {
					t.Errorf("%+v", m)
				}
			}
			if s := strings.Join(got, " "); s != tc.want {
				t.Errorf("%s, want %s", s, tc.want)
			}
		})
	}
}

func TestUniversalPlans(t *testing.T) {
	mac := "  targets: [linux/amd64, darwin/amd64, darwin/arm64]\n  archives: [{files: [{src: none, optional: true}]}]\n"
	p, err := plans(t, folder(t, hello.with(yaml(mac+"  universal_binaries: [{replace: true}]\n"))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "replaced", describe(p), `
hello_1.2.3_darwin_all.tar.gz (darwin/arm64 tar.gz universal)
  hello < build hello 755
hello_1.2.3_linux_amd64.tar.gz (linux/amd64 tar.gz)
  hello < build hello 755`)
	// One program built twice, as different toolchains need, is one fat binary.
	p, err = plans(t, folder(t, hello.with(yaml(`  builds:
    - {id: intel, main: ., binary: hello, targets: [darwin/amd64]}
    - {id: apple, main: ., binary: hello, targets: [darwin/arm64]}
  archives: [{files: [{src: none, optional: true}]}]
  universal_binaries: [{id: fat, ids: [intel, apple], name_template: hello}]
`))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, "kept", describe(p), `
hello_1.2.3_darwin_all.tar.gz (darwin/arm64 tar.gz universal)
  hello < build fat 755
hello_1.2.3_darwin_amd64.tar.gz (darwin/amd64 tar.gz)
  hello < build intel 755
hello_1.2.3_darwin_arm64.tar.gz (darwin/arm64 tar.gz)
  hello < build apple 755`)
	_, err = plans(t, folder(t, hello.with(yaml(mac+"  universal_binaries: [{hooks: {post: [echo]}}]\n"))), Options{})
	says(t, err, "hooks are not run")
	_, err = plans(t, folder(t, hello.with(yaml(mac+"  universal_binaries: [{name_template: ../../x}]\n"))), Options{})
	says(t, err, "cannot be the name of a binary")
}

func TestPackagePlans(t *testing.T) {
	base := "  targets: [linux/amd64, linux/amd64/v3, linux/arm64, darwin/arm64]\n  archives: [{files: [{src: none, optional: true}], formats: [binary]}]\n  nfpms:\n    - maintainer: 营造 <t@example.cn>\n      formats: [deb, rpm]\n      goamd64: [v1]\n"
	p, err := plans(t, folder(t, hello.with(yaml(base+`      contents:
        - {src: 'docs/**', dst: /usr/share/doc/hello}
        - {src: /usr/bin/hello, dst: /usr/bin/hi, type: symlink}
        - {src: LICENSE, dst: /x, packager: rpm}
        - {dst: /var/lib/hello, type: dir}
      scripts: {postinstall: scripts/post.sh}
      overrides:
        rpm: {package_name: hello-rpm, dependencies: [glibc], scripts: {postinstall: LICENSE}}
`))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	p.Archives = nil
	want(t, "packages", describe(p), `
hello-rpm-1.2.3-1.aarch64.rpm (linux/arm64 rpm)
  /usr/bin/hello < build hello 755
  docs/deep/more.md < docs/deep/more.md 644
  docs/用法.md < docs/用法.md 644
  LICENSE < LICENSE 644
hello-rpm-1.2.3-1.x86_64.rpm (linux/amd64 rpm)
  /usr/bin/hello < build hello 755
  docs/deep/more.md < docs/deep/more.md 644
  docs/用法.md < docs/用法.md 644
  LICENSE < LICENSE 644
hello_1.2.3_amd64.deb (linux/amd64 deb)
  /usr/bin/hello < build hello 755
  docs/deep/more.md < docs/deep/more.md 644
  docs/用法.md < docs/用法.md 644
  scripts/post.sh < scripts/post.sh 755
hello_1.2.3_arm64.deb (linux/arm64 deb)
  /usr/bin/hello < build hello 755
  docs/deep/more.md < docs/deep/more.md 644
  docs/用法.md < docs/用法.md 644
  scripts/post.sh < scripts/post.sh 755`)
	if pkg := p.Packages[0].Package; !slices.Equal(pkg.Depends, []string{"glibc"}) || pkg.Maintainer != "营造 <t@example.cn>" || !pkg.MTime.Equal(epoch) {
		t.Errorf("%+v", pkg)
	}
	for _, tc := range []struct{ yaml, want string }{
		{"      changelog: c.yml\n", "changelog cannot be made"},
		{"      deb: {triggers: {interest: [x]}}\n", "deb.triggers cannot be made"},
		{"      scripts: {preinstall: nowhere.sh}\n", "no file matches nowhere.sh"},
		{"      contents: [{src: nowhere, dst: /x}]\n", "no file matches nowhere"},
		{"      file_name_template: same\n", "are both called same."},
		{"      mtime: yesterday\n", "not a time in RFC 3339"},
	} {
		_, err := plans(t, folder(t, hello.with(yaml(base+tc.yaml))), Options{})
		says(t, err, tc.want)
	}
}

func TestSourcePlan(t *testing.T) {
	y := yaml("  targets: [linux/amd64]\n  archives: [{files: [{src: none, optional: true}]}]\n  source: {enabled: true, prefix_template: 'h-{{ .Version }}', format: zip, files: [{src: made.txt, optional: true}]}\n")
	y[".gitignore"] = "made.txt\ndist\n"
	_, err := plans(t, folder(t, hello.with(y)), Options{})
	says(t, err, "not in a git repository")
	dir := folder(t, hello.with(y).with(files{"made.txt": "by a hook\n"}))
	commit(t, dir, "v1.2.3")
	p, err := plans(t, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p.Archives = nil
	want(t, "source", describe(p), `
hello-1.2.3.zip
  h-1.2.3/.gitignore < .gitignore 644
  h-1.2.3/.yingzao.yaml < .yingzao.yaml 644
  h-1.2.3/LICENSE < LICENSE 644
  h-1.2.3/docs/deep/more.md < docs/deep/more.md 644
  h-1.2.3/docs/用法.md < docs/用法.md 644
  h-1.2.3/go.mod < go.mod 644
  h-1.2.3/greet/greet.go < greet/greet.go 644
  h-1.2.3/main.go < main.go 644
  h-1.2.3/scripts/post.sh < scripts/post.sh 755
  h-1.2.3/made.txt < made.txt 644`)
}

func TestOverride(t *testing.T) {
	b := config.Build{Flags: []string{"-a"}, Ldflags: []string{"-s"}, Env: []string{"A=1"}, Overrides: []config.Override{
		{OS: "linux", Arch: "amd64", Level: "v1", Ldflags: []string{"-one"}},
		{Arch: "amd64", Level: "v3", Env: []string{"A=3"}, AllowDynamic: true},
		{Arch: "loong64-abi1.0", Tags: []string{"old"}, Buildmode: "pie"},
		{OS: "darwin", Flags: []string{"-b"}},
	}}
	for _, tc := range []struct{ target, want string }{
		{"linux/amd64", "[-a] | [-one] | [] | [A=1] |  | false"},
		{"linux/amd64/v3", "[-a] | [-s] | [] | [A=1 A=3] |  | true"},
		{"linux/arm64", "[-a] | [-s] | [] | [A=1] |  | false"},
		{"linux/loong64", "[-a] | [-s] | [] | [A=1] |  | false"},
		{"linux/loong64-abi1.0", "[-a] | [-s] | [old] | [A=1] | pie | false"},
		{"darwin/arm64", "[-b] | [-s] | [] | [A=1] |  | false"},
	} {
		tt, err := target.Parse(tc.target)
		if err != nil {
			t.Fatal(err)
		}
		o := override(b, tt)
		if got := fmt.Sprintf("%v | %v | %v | %v | %s | %v", o.Flags, o.Ldflags, o.Tags, o.Env, o.Buildmode, o.AllowDynamic); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.target, got, tc.want)
		}
	}
	if len(b.Env) != 1 {
		t.Error("the build itself was changed")
	}
}

func TestBuildFlags(t *testing.T) {
	for _, tc := range []struct {
		vcs                                bool
		mode                               string
		flags, tags, ldflags, asm, gc, got []string
	}{
		{got: []string{"-trimpath", "-buildvcs=false"}},
		{vcs: true, flags: []string{"-trimpath", "", "--trimpath", "-mod=vendor"}, got: []string{"-trimpath", "-buildvcs=true", "-mod=vendor"}},
		{mode: "pie", tags: []string{"a", "", "b"}, ldflags: []string{"-s", "-w"}, asm: []string{"x"}, gc: []string{"y"},
			got: []string{"-trimpath", "-buildvcs=false", "-tags=a,b", "-ldflags=-s -w", "-asmflags=x", "-gcflags=y", "-buildmode=pie"}},
	} {
		if got := buildFlags(tc.vcs, tc.mode, tc.flags, tc.tags, tc.ldflags, tc.asm, tc.gc); !slices.Equal(got, tc.got) {
			t.Errorf("%q, want %q", got, tc.got)
		}
	}
}

func TestRecordedEnv(t *testing.T) {
	env := []string{"GOOS=linux", "CGO_ENABLED=0", "FOO=bar", "GOAMD64=v1", "GO_TOKEN=hush", "GOAMD64=v3", "nonsense", "CC=gcc"}
	want(t, "plain", strings.Join(recordedEnv(env, false), " "), "CGO_ENABLED=0 GOAMD64=v3 GOOS=linux")
	want(t, "cgo", strings.Join(recordedEnv(env, true), " "), "CC=gcc CGO_ENABLED=0 FOO=bar GOAMD64=v3 GOOS=linux")
}

// What a hook or template is given in secret stays out of plan.json.
func TestPlanHoldsNoSecret(t *testing.T) {
	dir := folder(t, hello.with(yaml(`  targets: [linux/amd64]
  env: ['API_TOKEN={{ .Env.API_TOKEN }}', 'PLAIN=seen']
  before: ["true {{ .Env.API_TOKEN }}"]
  builds:
    - main: .
      env: ['MY_SECRET={{ .Env.API_TOKEN }}']
      hooks:
        pre: [{cmd: "true '{{ .Env.API_TOKEN }}' {{ .Env.PLAIN }}", env: ['DB_PASSWORD={{ .Env.API_TOKEN }}']}]
`)))
	p, err := plans(t, dir, Options{Environ: testEnviron("API_TOKEN=canary-7f3a")})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(b); strings.Contains(s, "canary") {
		t.Errorf("the secret is in the plan: %s", s)
	}
	if args := p.Jobs[0].Pre[0].Args; args[len(args)-1] != "seen" {
		t.Errorf("args %q", args)
	}
}

func TestReadPlan(t *testing.T) {
	ctx := context.Background()
	dir := folder(t, hello.with(yaml("  targets: [linux/amd64, darwin/amd64]\n  nfpms: [{formats: [deb], maintainer: t, umask: 002}]\n  universal_binaries: [{}]\n")))
	p, err := plans(t, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a", PlanFile)
	if err := WritePlan(ctx, p, path); err != nil {
		t.Fatal(err)
	}
	back, err := ReadPlan(path)
	if err != nil || back.Digest != p.Digest {
		t.Fatalf("%v", err)
	}
	if again, err := plans(t, dir, Options{}); err != nil || again.Digest != p.Digest {
		t.Errorf("planning twice gives %v, %v", again, err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ from, to, want string }{
		{`"schema": 1`, `"schema": 2`, "schema 2"},
		{`"version": "1.2.3"`, `"version": "1.2.4"`, "digest does not match"},
		{`"schema": 1`, `"schema": `, "invalid character"},
	} {
		bad := strings.Replace(string(good), tc.from, tc.to, 1)
		if bad == string(good) {
			t.Fatalf("%s is not in the plan", tc.from)
		}
		if err := os.WriteFile(path, []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := ReadPlan(path)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v, want %s", err, tc.want)
		}
	}
	if _, err := ReadPlan(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) || msg.In(err, msg.Chinese) == err.Error() {
		t.Errorf("%v", err)
	}
}

// A variable of a build is a variable for its templates, as in GoReleaser.
func TestBuildEnvInTemplates(t *testing.T) {
	p, err := plans(t, folder(t, hello.with(yaml(`  env: [WHO=a, BY=ci]
  builds:
    - {main: ., targets: [linux/amd64], env: [WHO=b], ldflags: ['-X main.version={{ .Env.WHO }}{{ .Env.BY }}']}
`))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f := p.Jobs[0].Flags; !slices.Contains(f, "-ldflags=-X main.version=bci") {
		t.Errorf("flags %q", f)
	}
	if slices.ContainsFunc(p.Jobs[0].Env, func(kv string) bool { return strings.HasPrefix(kv, "WHO") }) {
		t.Errorf("env %q", p.Jobs[0].Env)
	}
}

func TestSnapshotNames(t *testing.T) {
	dir := folder(t, hello)
	commit(t, dir)
	a, err := plans(t, dir, Options{Snapshot: true})
	if err != nil {
		t.Fatal(err)
	}
	if a.Version != "0.0.0-SNAPSHOT-"+a.Commit[:7] || a.Sources != "" {
		t.Errorf("clean: %s, sources %q", a.Version, a.Sources)
	}
	files{"greet/greet.go": "package greet\n\nconst Text = \"x\"\n"}.write(t, dir)
	b, err := plans(t, dir, Options{Snapshot: true})
	if err != nil {
		t.Fatal(err)
	}
	_, digest, _ := strings.Cut(b.Sources, ":")
	if digest == "" || b.Version != a.Version+"-dirty-"+digest[:8] || !b.Snapshot || !b.Dirty {
		t.Errorf("dirty: %s, sources %q", b.Version, b.Sources)
	}
}

// A shallow clone knows no previous tag, and a CI system checks out no branch: the
// release is the same.
func TestDigestIsOfWhatDecides(t *testing.T) {
	p := Plan{Schema: Schema, Project: "app", Version: "1.0.0", Commit: "c", Branch: "main", PreviousTag: "v0.9.0"}
	full, err := p.digest()
	if err != nil {
		t.Fatal(err)
	}
	p.Branch, p.PreviousTag = "", ""
	if shallow, _ := p.digest(); shallow != full {
		t.Error("the clone's depth changes the digest")
	}
	p.Commit = "d"
	if other, _ := p.digest(); other == full {
		t.Error("another commit has the same digest")
	}
}
