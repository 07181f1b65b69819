package rules

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

func TestFLG(t *testing.T) { reproduceAll(t, flgReproductions()) }

func flgReproductions() []reproduction {
	const require = "\nrequire example.com/hello v1.0.0\n"
	flags := func(v string) map[string]string { return map[string]string{"GOFLAGS": v} }
	fetch := map[string]string{"GOPROXY": "{mirror}/ok", "GONOSUMDB": "*"}
	with := func(v string, more map[string]string) map[string]string {
		out := maps.Clone(more)
		out["GOFLAGS"] = v
		return out
	}
	return []reproduction{
		{code: "FLG001", name: "value behind a space", environ: flags("-mod vendor"), run: []string{"version"}, fails: true, says: `go: parsing $GOFLAGS: non-flag "vendor"`, finding: command("export GOFLAGS=-mod=vendor")},
		{code: "FLG001", name: "unknown", environ: flags("-v -bogus"), run: []string{"version"}, fails: true, says: "go: parsing $GOFLAGS: unknown flag -bogus", finding: command("unset GOFLAGS")},
		{code: "FLG001", name: "open quote", environ: flags("'-tags=a b"), run: []string{"version"}, fails: true, says: "unterminated ' string"},
		{code: "FLG001", name: "go env still works", environ: flags("-bogus"), run: []string{"env", "GOFLAGS"}, says: "-bogus"},
		{code: "FLG001", name: "in a Dockerfile", change: setting(envcheck.FromDocker, "Dockerfile", 3, "GOFLAGS", "-mod vendor")},
		{code: "FLG001", clean: true, environ: flags("-mod=readonly '-ldflags=-s -w' -count=1 --trimpath"), change: setting(envcheck.FromGitLab, ".gitlab-ci.yml", 3, "GOFLAGS", "$EXTRA -v")},

		{code: "FLG002", environ: flags("-mod=vendor -v"), files: app(require), run: []string{"build"}, fails: true, says: "inconsistent vendoring", finding: command("export GOFLAGS=-v")},
		{code: "FLG002", name: "nothing to vendor", clean: true, environ: flags("-mod=vendor"), files: app("")},

		{code: "FLG003", environ: with("-mod=mod", fetch), files: map[string]string{"go.mod": "module example.com/app\n\ngo 1.24\n" + require, "a.go": "package app\n\nimport _ \"example.com/hello\"\n"},
			run: []string{"build"}, verify: func(t *testing.T, w *world, _ string) {
				if b, err := os.ReadFile(filepath.Join(w.dir, "go.sum")); err != nil || len(b) == 0 {
					t.Errorf("go build wrote no go.sum: %v", err)
				}
			}},
		{code: "FLG003", name: "workspace", environ: flags("-mod=mod"), files: plus(app(""), "go.work", "go 1.24\n\nuse .\n"), run: []string{"build"}, fails: true, says: "-mod may only be set to readonly or vendor when in workspace mode", finding: severity(envcheck.Error)},
		{code: "FLG003", clean: true, environ: flags("-mod=mod -mod=readonly")},

		{code: "FLG004", environ: with("-insecure", fetch), files: app(""), run: []string{"get", "example.com/hello@v1.0.0"}, fails: true, says: "-insecure flag is no longer supported; use GOINSECURE instead"},
		{code: "FLG004", name: "build ignores it", envFile: "GOFLAGS=-insecure -v\n", files: app(""), run: []string{"build"}, verify: func(*testing.T, *world, string) {}, finding: sets("GOFLAGS", "-v")},
		{code: "FLG004", clean: true, environ: map[string]string{"GOINSECURE": "git.corp.example"}},

		{code: "FLG005", environ: flags("-ldflags=-s -w"), files: app(""), run: []string{"build", "-n"}, verify: linkedWith("-s", "-w"), finding: command(`export GOFLAGS=''\''-ldflags=-s -w'\'''`)},
		{code: "FLG005", name: "no command has it", environ: flags("-ldflags=-s -X=main.v=1"), run: []string{"version"}, fails: true, says: "unknown flag -X", finding: severity(envcheck.Error)},
		{code: "FLG005", name: "where the list ends is not certain", environ: flags("-ldflags=-s -w -mod=vendor"), finding: byHand},
		{code: "FLG005", name: "quoted", clean: true, environ: flags("'-ldflags=-s -w'"), files: app(""), run: []string{"build", "-n"}, verify: linkedWith("-s -w", "-x")},
		{code: "FLG005", name: "two flags of build", clean: true, environ: flags("-ldflags=-s -trimpath -count=1")},

		{code: "FLG006", envFile: "GOFLAGS=-trimpath -buildvcs=false\n", finding: sets("GOFLAGS", "-trimpath")},
		{code: "FLG006", name: "a build machine", profile: "ci", environ: flags("-buildvcs=false"), finding: severity(envcheck.Warning)},
		{code: "FLG006", clean: true, environ: flags("-buildvcs=auto")},

		{code: "FLG007", name: "by flag", environ: flags("-mod=vendor"), files: plus(app(require), "vendor/modules.txt", "# example.com/hello v1.1.0\n## explicit; go 1.24\nexample.com/hello\n"),
			run: []string{"build"}, fails: true, says: "example.com/hello@v1.0.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt"},
		{code: "FLG007", name: "by itself", files: plus(app(""), "vendor/modules.txt", "# example.com/hello v1.1.0\n## explicit\nexample.com/hello\n"),
			run: []string{"build"}, fails: true, says: "example.com/hello@v1.1.0: is marked as explicit in vendor/modules.txt, but not explicitly required in go.mod"},
		{code: "FLG007", name: "it matches", clean: true, files: plus(app("\nrequire (\n\texample.com/hello v1.0.0\n\texample.com/more v1.0.0 // indirect\n)\n\nreplace example.com/more => example.com/fork v1.2.0\n"), "vendor/modules.txt",
			"# example.com/hello v1.0.0\n## explicit; go 1.24\nexample.com/hello\n# example.com/more v1.0.0 => example.com/fork v1.2.0\n## explicit; go 1.24\n# example.com/more => example.com/fork v1.2.0\n"), run: []string{"build"}},
		{code: "FLG007", name: "not used", clean: true, environ: flags("-mod=readonly"), files: plus(app(""), "vendor/modules.txt", "# example.com/hello v1.1.0\n## explicit\n"), run: []string{"build"}},

		{code: "FLG008", environ: with("-modcacherw", fetch), run: []string{"mod", "download", "example.com/hello@v1.0.0"}, verify: func(t *testing.T, w *world, _ string) {
			info, err := os.Stat(filepath.Join(w.home, "modcache", "example.com", "hello@v1.0.0"))
			if err != nil || info.Mode()&0o200 == 0 {
				t.Errorf("the extracted module is %v, %v; want a writable folder", info, err)
			}
		}},
		{code: "FLG008", clean: true, environ: fetch, run: []string{"mod", "download", "example.com/hello@v1.0.0"}, verify: func(t *testing.T, w *world, _ string) {
			info, err := os.Stat(filepath.Join(w.home, "modcache", "example.com", "hello@v1.0.0"))
			if err != nil || info.Mode()&0o200 != 0 {
				t.Errorf("the extracted module is %v, %v; want a read-only folder", info, err)
			}
		}},

		{code: "FLG009", profile: "ci", files: app(""), run: []string{"build", "-o", "app"}, verify: holdsDir(true)},
		{code: "FLG009", clean: true, profile: "ci", environ: flags("-trimpath"), files: app(""), run: []string{"build", "-o", "app"}, verify: holdsDir(false)},
		{code: "FLG009", name: "a desk", clean: true, files: app("")},
		{code: "FLG009", name: "the script says it", clean: true, profile: "ci", files: app(""), change: line(envcheck.FromGitLab, ".gitlab-ci.yml", "go build -trimpath ./...")},

		{code: "FLG010", environ: flags("-tags"), files: app(""), run: []string{"build"}, fails: true, says: "flag needs an argument: -tags (from $GOFLAGS)", finding: command("unset GOFLAGS")},
		{code: "FLG010", name: "elsewhere", change: setting(envcheck.FromScript, "build.sh", 2, "GOFLAGS", "-v -p")},
		{code: "FLG010", clean: true, environ: flags("-tags= -v")},
	}
}

func plus(files map[string]string, name, data string) map[string]string {
	files[name] = data
	return files
}

// command asserts the command that a fix shows.
func command(want string) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		if f.Fix == nil || f.Fix.Command != want {
			t.Errorf("the fix is %+v, want %s", f.Fix, want)
		}
	}
}

// sets asserts the change that a fix makes in the env file.
func sets(key, value string) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		if f.Fix == nil || len(f.Fix.Changes) != 1 || f.Fix.Changes[0].Kind != envcheck.SetEnv || f.Fix.Changes[0].Key != key || f.Fix.Changes[0].Value != value {
			t.Errorf("the fix is %+v, want one that sets %s=%s", f.Fix, key, value)
		}
	}
}

// linkedWith asserts what the linker is called with, and without.
func linkedWith(flags, not string) func(*testing.T, *world, string) {
	return func(t *testing.T, _ *world, out string) {
		for l := range strings.Lines(out) {
			if strings.Contains(l, "/link ") && strings.Contains(l, " -extld=") {
				if !strings.Contains(l, " "+flags+" ") || strings.Contains(l, " "+not+" ") {
					t.Errorf("the linker is called otherwise than with %s: %s", flags, l)
				}
				return
			}
		}
		t.Error("no linker is called")
	}
}

// holdsDir asserts whether the built program holds the folder it was built in.
func holdsDir(want bool) func(*testing.T, *world, string) {
	return func(t *testing.T, w *world, _ string) {
		b, err := os.ReadFile(filepath.Join(w.dir, "app"))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(w.dir)) != want {
			t.Errorf("the program holds %s: %v, want %v", w.dir, !want, want)
		}
	}
}

func TestJoinFlags(t *testing.T) {
	for _, value := range []string{"-v", "'-ldflags=-s -w' -v", `"-tags=it's ours"`, ""} {
		flags, err := goenv.ParseFlags(value)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := joinFlags(flags); !ok || got != value {
			t.Errorf("joinFlags(%q) = %q, %v", value, got, ok)
		}
	}
	if got, ok := joinFlags([]goenv.Flag{{Raw: `-x=' "`}}); ok {
		t.Errorf("a word with both quotes was written as %q", got)
	}
}

// FuzzExplicitModules: no file makes it fail, and what it returns has a version.
func FuzzExplicitModules(f *testing.F) {
	f.Add("# a v1\n## explicit\n# b => ../b\n## explicit; go 1.2\n")
	f.Fuzz(func(t *testing.T, text string) {
		for m := range explicitModules(text) {
			if m.Path == "" || m.Version == "" {
				t.Errorf("%q gives %+v", text, m)
			}
		}
	})
}
