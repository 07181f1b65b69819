package release

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

func TestSlots(t *testing.T) {
	const gb = 1 << 30
	for _, tc := range []struct {
		cores         int
		memory        int64
		targets       int
		limit         int
		builds, procs int
	}{
		{1, 16 * gb, 5, 0, 1, 2},
		{2, 16 * gb, 5, 0, 2, 2},
		{2, 16 * gb, 1, 0, 1, 4},
		{8, 16 * gb, 5, 0, 2, 8},
		{64, 256 * gb, 99, 0, 16, 8},
		{64, 256 * gb, 3, 0, 3, 42},
		{64, 4 * gb, 99, 0, 5, 25},
		{8, gb, 5, 0, 1, 16},
		{8, 0, 5, 0, 1, 16},
		{8, math.MaxInt64, 5, 0, 2, 8},
		{2, 16 * gb, 99, 10, 10, 1},
		{8, 0, 5, 3, 3, 5},
		{2, gb, 0, 0, 1, 4},
	} {
		if b, p := slots(tc.cores, tc.memory, tc.targets, tc.limit); b != tc.builds || p != tc.procs {
			t.Errorf("%d cores, %d bytes, %d targets, limit %d: %d builds with %d compilers, want %d with %d", tc.cores, tc.memory, tc.targets, tc.limit, b, p, tc.builds, tc.procs)
		}
	}
}

// One target that does not compile is told in the compiler's words; the others
// are finished and kept.
func TestCompileErrorStopsNoOther(t *testing.T) {
	dir := folder(t, hello.with(yaml("  targets: [linux/amd64, linux/arm64]\n")).with(files{"bad_arm64.go": "package main\n\nvar x int = \"no\"\n"}))
	o := Options{Dir: dir, Version: "1.2.3", Environ: testEnviron(), NoPublish: true}
	r, err := Run(context.Background(), o)
	says(t, err, "build linux/arm64:")
	if err == nil || !strings.Contains(err.Error(), `./bad_arm64.go:3:13: cannot use "no"`) || strings.Contains(err.Error(), "amd64:") {
		t.Errorf("%v", err)
	}
	if exists(filepath.Join(r.Dist, "manifest.json")) || exists(filepath.Join(r.Dist, partsFolder, "linux_arm64")) {
		t.Error("something was made of half a release")
	}
	files{"bad_arm64.go": "package main\n"}.write(t, dir)
	if err := os.Remove(filepath.Join(dir, "bad_arm64.go")); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadPart(context.Background(), filepath.Join(r.Dist, partsFolder, "linux_amd64")); err != nil {
		t.Errorf("the good target was not kept: %v", err)
	}
}

// What a program loses without cgo is refused, also when its parts were made
// before the check could say so.
func TestCgoTroubleIsRefusedAgain(t *testing.T) {
	dir := folder(t, files{
		"go.mod": "module example.cn/db\n\ngo 1.24\n", "main.go": "package main\n\nimport \"example.cn/db/driver\"\n\nfunc main() { println(driver.Name) }\n",
		"driver/cgo.go":  "package driver\n\n// int x;\nimport \"C\"\n\nconst Name = \"real\"\n",
		"driver/stub.go": "//go:build !cgo\n\npackage driver\n\nconst Name = \"stub\"\n",
	}.with(yaml("  targets: [linux/amd64]\n")))
	o := Options{Dir: dir, Version: "1.2.3", Environ: testEnviron(), NoPublish: true}
	for i := range 2 {
		r, err := Run(context.Background(), o)
		says(t, err, "cgo")
		if exists(filepath.Join(r.Dist, "manifest.json")) {
			t.Errorf("run %d made a release", i+1)
		}
		plan, err := plans(t, dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		amd64 := target.Target{OS: "linux", Arch: "amd64"}
		_, err = BuildPart(context.Background(), o, plan, amd64, filepath.Join(r.Dist, "part"))
		says(t, err, "cgo")
		// As if the compiler had been faster than the check.
		p, err := open(context.Background(), o, newTrace(nil, msg.English))
		if err != nil {
			t.Fatal(err)
		}
		if p.sources, err = p.hashSources(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := makeDir(filepath.Dir(p.partDir(amd64))); err != nil {
			t.Fatal(err)
		}
		b := newBuilder(plan, dir, p.tools, o.Environ, p.trace, len(plan.Targets()), 0)
		if _, err := b.part(context.Background(), amd64, p.partDir(amd64)); err != nil {
			t.Fatal(err)
		}
		if err := p.keep(context.Background(), amd64, p.partKey(plan, amd64)); err != nil {
			t.Fatal(err)
		}
	}
}

// Hooks see the project's variables, the build's and their own, secrets too;
// errors show none.
func TestHooks(t *testing.T) {
	needs(t, "sh")
	dir := folder(t, hello.with(yaml(`  targets: [linux/amd64]
  env: [WHO=project, 'DERIVED={{ .Env.API_TOKEN }}!', 'MY_TOKEN={{ .Env.API_TOKEN }}']
  before: ["sh -c 'echo $WHO $DERIVED > before.txt; echo $API_TOKEN > token.txt'"]
  builds:
    - main: .
      env: [OWN=build]
      hooks:
        pre: [{cmd: "sh -c 'echo $WHO $OWN $PASS $GOARCH $1 > pre.txt' sh {{ .Env.MY_TOKEN }}", env: ['PASS={{ .Env.API_TOKEN }}']}]
        post: ["sh -c 'test -x \"$1\" && echo {{ .Name }} > post.txt' sh {{ .Path }}"]
`)).with(files{".gitignore": "*.txt\ndist/\n"}))
	env := testEnviron("API_TOKEN=canary")
	check := func(name, text string) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || strings.TrimSpace(string(b)) != text {
			t.Errorf("%s: %q, %v, want %q", name, b, err, text)
		}
	}
	ctx := context.Background()
	commit(t, dir, "v1.2.3")
	r, err := Run(ctx, Options{Dir: dir, Environ: env, NoPublish: true})
	if err != nil {
		t.Fatal(err)
	}
	all := func() {
		t.Helper()
		check("before.txt", "project canary!")
		check("token.txt", "canary")
		check("pre.txt", "project build canary amd64 canary")
		check("post.txt", "hello")
	}
	all()
	for _, name := range []string{"before.txt", "token.txt", "pre.txt", "post.txt"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	// The same in a step of its own.
	if _, err := BuildPart(ctx, Options{Dir: dir, Environ: env}, r.Plan, r.Plan.Jobs[0].Target, filepath.Join(dir, "dist", "p")); err != nil {
		t.Fatal(err)
	}
	all()

	bad := folder(t, hello.with(yaml("  targets: [linux/amd64]\n  before: [\"sh -c 'exit 3' {{ .Env.API_TOKEN }}\"]\n")))
	_, err = plans(t, bad, Options{Environ: env})
	says(t, err, `run hook "sh -c exit 3`)
	if err != nil && strings.Contains(err.Error(), "canary") {
		t.Errorf("the secret is in the error: %v", err)
	}
}

// A build elsewhere refuses sources and toolchains that are not the plan's.
func TestBuildPartRefuses(t *testing.T) {
	ctx := context.Background()
	dir := folder(t, hello.with(yaml("  targets: [linux/amd64]\n")).with(files{".gitignore": "dist/\n"}))
	commit(t, dir, "v1.2.3")
	plan, err := plans(t, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	amd64 := plan.Jobs[0].Target
	build := func(p *Plan, tt target.Target) error {
		_, err := BuildPart(ctx, Options{Dir: dir, Environ: testEnviron()}, p, tt, filepath.Join(dir, "dist", "part"))
		return err
	}
	says(t, build(plan, target.Target{OS: "linux", Arch: "arm64"}), "no such target")
	other := *plan
	other.Go = "go1.1.1"
	says(t, build(&other, amd64), "the Go toolchain differs")
	other = *plan
	other.Commit = strings.Repeat("0", 40)
	says(t, build(&other, amd64), "the commit differs")
	other = *plan
	other.GoMod = "sha256:00"
	says(t, build(&other, amd64), "go.mod or go.sum differs")
	if err := build(plan, amd64); err != nil {
		t.Fatal(err)
	}
	files{"greet/greet.go": "package greet\n\nconst Text = \"x\"\n"}.write(t, dir)
	says(t, build(plan, amd64), "uncommitted changes")
	dirty, err := plans(t, dir, Options{Snapshot: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := build(dirty, amd64); err != nil {
		t.Errorf("a planned change is refused: %v", err)
	}
	files{"greet/greet.go": "package greet\n\nconst Text = \"y\"\n"}.write(t, dir)
	says(t, build(dirty, amd64), "the source tree differs")
}
