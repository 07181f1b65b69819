package rebuild

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/linuxpkg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// forge changes a published plan and makes manifest and digest fit, as whoever
// publishes a release can.
func forge(t *testing.T, site string, change func(p *release.Plan)) {
	t.Helper()
	folder := filepath.Join(site, "hello", "1.2.3")
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var p release.Plan
	if err := json.Unmarshal(read(manifest.PlanName), &p); err != nil {
		t.Fatal(err)
	}
	was := p.Digest
	change(&p)
	sealed := p
	sealed.Digest, sealed.Branch, sealed.PreviousTag, sealed.Folder, sealed.Remote, sealed.Config = "", "", "", "", "", ""
	b, err := json.Marshal(&sealed)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	p.Digest = "sha256:" + hex.EncodeToString(sum[:])
	if b, err = json.Marshal(&p); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{manifest.PlanName: b, manifest.FileName: bytes.ReplaceAll(read(manifest.FileName), []byte(was), []byte(p.Digest))} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A plan whose digests all fit, from somebody who wants to run a program here, or
// to write beside the work folder. The program would leave a mark.
func TestNothingOfAStrangersPlanRuns(t *testing.T) {
	needs(t, "sh", "git")
	env := environ(t)
	dir, site := published(t, env)
	at := t.TempDir()
	mark, evil := filepath.Join(at, "ran"), filepath.Join(at, "evil")
	if err := os.WriteFile(evil, []byte("#!/bin/sh\necho ran >> "+mark+"\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	job := func(change func(j *release.Job)) func(p *release.Plan) {
		return func(p *release.Plan) {
			for i := range p.Jobs {
				change(&p.Jobs[i])
			}
		}
	}
	flags := func(more ...string) func(p *release.Plan) {
		return job(func(j *release.Job) { j.Flags = append(j.Flags, more...) })
	}
	vars := func(more ...string) func(p *release.Plan) {
		return job(func(j *release.Job) { j.Env, j.AllowDynamic = append(j.Env, more...), true })
	}
	for _, tc := range []struct {
		name   string
		change func(p *release.Plan)
		kind   msg.Kind
		says   string
	}{
		{"a flag that runs a program", flags("-toolexec=" + evil), msg.Usage, "-toolexec"},
		{"the same with two dashes, in two words", flags("--toolexec", evil), msg.Usage, "-toolexec"},
		{"the same as a package", job(func(j *release.Job) { j.Main = "-toolexec=" + evil }), msg.Findings, "-toolexec"},
		{"another linker", flags("-ldflags=-linkmode=external -extld=" + evil), msg.Usage, "-extld"},
		{"a file of the linker's", flags("-ldflags=-cpuprofile=" + mark), msg.Usage, "-cpuprofile"},
		{"a file of the compiler's", flags("-gcflags=-memprofile=" + mark), msg.Usage, "-memprofile"},
		{"the output elsewhere", flags("-o", mark), msg.Usage, "-o"},
		{"another folder", flags("-C=" + at), msg.Usage, "-C"},
		{"a C compiler", vars("CGO_ENABLED=1", "CC="+evil), msg.Usage, "CC="},
		{"flags in the environment", vars("GOFLAGS=-toolexec=" + evil), msg.Usage, "GOFLAGS"},
		{"another toolchain", vars("GOROOT=" + at), msg.Usage, "GOROOT"},
		{"a cache that is a program", vars("GOCACHEPROG=" + evil), msg.Usage, "GOCACHEPROG"},
		{"ssh for git", vars("GIT_SSH_COMMAND=" + evil), msg.Usage, "GIT_SSH_COMMAND"},
		{"a helper for passwords", vars("GOAUTH=" + evil), msg.Usage, "GOAUTH"},
		{"a library for every program", vars("LD_PRELOAD=" + evil), msg.Usage, "LD_PRELOAD"},
		{"a hook", func(p *release.Plan) { p.Before = []release.Command{{Args: []string{evil}}} }, msg.Usage, evil},
		{"an option as commit", func(p *release.Plan) { p.Commit = "--upload-pack=" + evil }, msg.Findings, "commit"},
		{"a binary elsewhere", job(func(j *release.Job) { j.Binary = "../../../../../escaped" }), msg.Findings, "escaped"},
		{"a build elsewhere", job(func(j *release.Job) { j.Build = "../../../../escaped" }), msg.Findings, "escaped"},
		{"an archive elsewhere", func(p *release.Plan) { p.Archives[0].Name = "../../../escaped" }, msg.Findings, "escaped"},
		{"sums elsewhere", func(p *release.Plan) { p.Checksums.Name = "../../escaped" }, msg.Findings, "escaped"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mine := t.TempDir()
			if err := os.CopyFS(mine, os.DirFS(site)); err != nil {
				t.Fatal(err)
			}
			work := t.TempDir()
			forge(t, mine, tc.change)
			_, err := Run(context.Background(), opened(t, mine), Options{Source: dir, Environ: env, Shared: true, Offline: true, Work: filepath.Join(work, "in")})
			if err == nil || msg.KindOf(err) != tc.kind || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v (kind %v), want kind %v and %q", err, msg.KindOf(err), tc.kind, tc.says)
			}
			if tc.kind == msg.Usage && !strings.Contains(msg.Hint(err).EN, "--hooks") {
				t.Errorf("hint %q", msg.Hint(err).EN)
			}
			if _, err := os.Stat(mark); err == nil {
				t.Error("the program ran, or its file was written")
				_ = os.Remove(mark)
			}
			if found, _ := filepath.Glob(filepath.Join(work, "*escaped*")); len(found) > 0 {
				t.Errorf("written outside: %v", found)
			}
		})
	}
}

func TestConfined(t *testing.T) {
	root := t.TempDir()
	files{"app/a.txt": "x", "LICENSE": "x"}.write(t, root)
	if err := os.Symlink(t.TempDir(), filepath.Join(root, "app", "out")); err != nil {
		t.Skip(err)
	}
	good := func() *release.Plan {
		return &release.Plan{
			Commit: strings.Repeat("a", 40), Go: "go1.26.1",
			Jobs:     []release.Job{{Build: "app", Binary: "bin/app", Main: "./cmd/app", Dir: "../tool"}},
			Archives: []release.PlannedArchive{{Name: "app.tar.gz", Members: []release.Member{{Name: "LICENSE", From: "../LICENSE"}, {Name: "app", Build: "app"}, {From: "generated/later.txt"}}}},
			Packages: []release.PlannedPackage{{Name: "app.deb", Package: linuxpkg.Package{
				Contents: []linuxpkg.Content{{Src: "/etc/x", Dst: "/etc/y", Type: "symlink"}, {Src: "a.txt", Dst: "/a"}, {Dst: "/var/lib/x", Type: "dir"}}}}},
			Checksums: &release.PlannedSums{Name: "{{ARTIFACT}}.sha256", Split: true},
		}
	}
	dir := filepath.Join(root, "app")
	if err := confined(good(), root, dir); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(p *release.Plan){
		"a file outside":        func(p *release.Plan) { p.Archives[0].Members[0].From = "../../etc/hostname" },
		"an absolute file":      func(p *release.Plan) { p.Archives[0].Members[0].From = "/etc/hostname" },
		"a link to outside":     func(p *release.Plan) { p.Archives[0].Members[0].From = "out/x" },
		"a folder outside":      func(p *release.Plan) { p.Jobs[0].Dir = "../.." },
		"a package outside":     func(p *release.Plan) { p.Jobs[0].Main = "../../x.go" },
		"a package by its path": func(p *release.Plan) { p.Jobs[0].Main = "/etc/x.go" },
		"no binary":             func(p *release.Plan) { p.Jobs[0].Binary = "" },
		"content of a deb":      func(p *release.Plan) { p.Packages[0].Package.Contents[1].Src = "../../x" },
		"a script of a deb":     func(p *release.Plan) { p.Packages[0].Package.Scripts.PostInstall = "/etc/x" },
		"a file read for a deb": func(p *release.Plan) { p.Packages[0].Inputs = []release.Member{{From: "../../x"}} },
		"a deb elsewhere":       func(p *release.Plan) { p.Packages[0].Name = "a/b.deb" },
		"sources elsewhere":     func(p *release.Plan) { p.Source = &release.PlannedSource{Name: "../src.tar.gz"} },
		"a source file": func(p *release.Plan) {
			p.Source = &release.PlannedSource{Name: "src.tar.gz", Members: []release.Member{{From: "../../x"}}}
		},
		"a list of parts":         func(p *release.Plan) { p.SBOMs = []release.PlannedSBOM{{Name: "../x.cdx.json"}} },
		"a universal binary":      func(p *release.Plan) { p.Universal = []release.PlannedFat{{ID: "a", Name: "../../x"}} },
		"a universal binary's id": func(p *release.Plan) { p.Universal = []release.PlannedFat{{ID: "../a", Name: "x"}} },
		"more for the sums":       func(p *release.Plan) { p.Checksums.Extra = []release.Member{{From: "/etc/x"}} },
		"a branch as commit":      func(p *release.Plan) { p.Commit = "main" },
	} {
		p := good()
		change(p)
		if err := confined(p, root, dir); msg.KindOf(err) != msg.Findings {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFlagsThatRunNothing(t *testing.T) {
	for _, tc := range []struct {
		flags []string
		env   []string
		bad   string // the first that may run something; "" = none
	}{
		{flags: []string{"-trimpath", "-buildvcs=false", "-tags=a,b", "-ldflags=-s -w -X main.version=1.2.3 -X 'main.date=2 May' -buildid=", "-buildmode=pie"}},
		{flags: []string{"-tags", "netgo osusergo", "-mod", "vendor", "--race", "-gcflags=all=-N -l", "-asmflags", "-trimpath=/x", "-pgo=off", "-pgo=default.pgo"}},
		{flags: []string{`-ldflags=-linkmode external -extldflags "-static -Wl,-z,relro"`, "-ldflags=example.cn/x/...=-s"}},
		{flags: []string{`-ldflags=-extldflags=-static`}},
		{flags: []string{`-ldflags=-extldflags "-static -wrapper /bin/evil"`}, bad: "-extldflags"},
		{flags: []string{`-ldflags=-extldflags=-fplugin=x.so`}, bad: "-extldflags"},
		{flags: []string{`-ldflags=-X main.a=1 "-extld=x"`}, bad: "-extld"},
		{flags: []string{`-ldflags=-X "main.a=1' -extld=x`}, bad: "-ldflags"}, // a quote that is not closed
		{flags: []string{"-ldflags=all=-tmpdir=/x"}, bad: "-tmpdir"},
		{flags: []string{"-ldflags", "-o=/x"}, bad: "-o"},
		{flags: []string{"-ldflags=./evil"}, bad: "./evil"},
		{flags: []string{"-ldflags"}, bad: "-ldflags"}, // takes the package as its value
		{flags: []string{"-gcflags=-d=ssa/x/dump=f"}, bad: "-d"},
		{flags: []string{"-overlay=x.json"}, bad: "-overlay"},
		{flags: []string{"-modfile=/x"}, bad: "-modfile"},
		{flags: []string{"-pgo=/etc/x"}, bad: "-pgo"},
		{flags: []string{"-compiler=gccgo"}, bad: "-compiler"},
		{flags: []string{"./other"}, bad: "./other"},
		{flags: []string{"--"}, bad: "--"},
		{env: []string{"CGO_ENABLED=0", "GOAMD64=v2", "GOOS=linux", "GOFLAGS=-mod=vendor -tags=x", "CC=gcc", "CGO_CFLAGS=-O2 -g", "GOPROXY=https://goproxy.cn,direct", "GOEXPERIMENT=x"}},
		{env: []string{"CC=clang -fplugin=x"}, bad: "CC"},
		{env: []string{"CGO_LDFLAGS=-fuse-ld=x"}, bad: "CGO_LDFLAGS"},
		{env: []string{"GOFLAGS='-toolexec=x y'"}, bad: "GOFLAGS"},
		{env: []string{"GOSUMDB=off"}, bad: "GOSUMDB"},
		{env: []string{"GOTOOLCHAIN=path"}, bad: "GOTOOLCHAIN"},
		{env: []string{"PATH=/x"}, bad: "PATH"},
	} {
		got := commandsOf(&release.Plan{Jobs: []release.Job{{Flags: tc.flags, Env: tc.env}}})
		if (tc.bad == "") != (len(got) == 0) || tc.bad != "" && !strings.Contains(got[0], tc.bad) {
			t.Errorf("%q %q: %q, want %q", tc.flags, tc.env, got, tc.bad)
		}
	}
}

// What a store hands out is never read much further than it can be right.
func TestGiantArtifacts(t *testing.T) {
	env := environ(t)
	dir, site := published(t, env)
	const name = "hello_1.2.3_linux_amd64.tar.gz"
	folder := filepath.Join(site, "hello", "1.2.3")
	f, err := os.OpenFile(filepath.Join(folder, name), os.O_RDWR, 0)
	if err == nil {
		err = msg.Join(f.Truncate(40<<30), f.Close()) // a hole
	}
	if err != nil {
		t.Skip(err)
	}
	o := Options{Source: dir, Environ: env, Shared: true, Offline: true}
	r, err := Run(context.Background(), opened(t, site), o)
	if r == nil || msg.KindOf(err) != msg.Findings {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Artifacts, func(a Artifact) bool { return a.Name == name })
	if a := r.Artifacts[i]; a.Status != Different || !a.Damaged || a.Note == nil {
		t.Errorf("%+v", a)
	}
}
