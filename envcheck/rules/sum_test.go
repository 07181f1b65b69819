package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func TestSUM(t *testing.T) { reproduceAll(t, sumReproductions()) }

func sumReproductions() []reproduction {
	return slices.Concat(sumValuesToo(), sumFiles(), sumAnswered())
}

const malformed = "invalid GOSUMDB: malformed verifier id"

// ownKey is a verifier key that nobody uses.
const ownKey = "sum.corp.example+3f0b1f0a+AWyJ2pIhVNQ5Hvn8C0UZ1sV0zSAb7qgI2wMz0nBo0BvA"

// sumDB is an environment with a good mirror and a GOSUMDB.
func sumDB(value string) map[string]string {
	return map[string]string{"GOPROXY": "{mirror}/ok", "GOSUMDB": value}
}

// sumValuesToo are values of GOSUMDB, GONOSUMDB and what stands beside them.
func sumValuesToo() []reproduction {
	bad := map[string]string{"GOPROXY": "{mirror}/badzip", "GOSUMDB": "{sumdb}"}
	with := func(key, value string) map[string]string {
		return map[string]string{"GOPROXY": bad["GOPROXY"], "GOSUMDB": bad["GOSUMDB"], key: value}
	}
	clean := func(code string) reproduction {
		return reproduction{code: code, clean: true, environ: sumDB("{sumdb}"), run: hello}
	}
	return []reproduction{
		{code: "SUM001", environ: map[string]string{"GOPROXY": "{mirror}/badzip", "GOSUMDB": "off"}, run: hello, verify: changed, finding: fixes("unset GOSUMDB")},
		{code: "SUM001", name: "in the env file", envFile: "GOPROXY={mirror}/badzip\nGOSUMDB=off\n", run: hello, verify: changed, finding: fixes("go env -u GOSUMDB")},
		{code: "SUM001", name: "by the distribution", environ: map[string]string{"GOPROXY": "{mirror}/badzip"}, goEnv: "GOPROXY=direct\nGOSUMDB=off\nGOTOOLCHAIN=local\n", run: hello, verify: changed, finding: fixes("GOSUMDB=sum.golang.org")},
		{code: "SUM001", name: "in a CI file", environ: sumDB("{sumdb}"), change: found("GOSUMDB", "off", envcheck.FromGitLab, ".gitlab-ci.yml", 4)},
		{code: "SUM001", name: "verified", clean: true, environ: bad, run: hello, fails: true, says: "SECURITY ERROR"},
		{code: "SUM001", name: "one module is exempt", clean: true, environ: map[string]string{"GOPROXY": "{mirror}/ok", "GOSUMDB": "{sumdb}", "GONOSUMDB": "git.corp.example"}, run: hello},

		{code: "SUM002", environ: sumDB("sum.golang.org+https://gocenter.io/sumdb/sum.golang.org"), run: hello, fails: true, says: malformed},
		{code: "SUM002", name: "upper case", environ: sumDB("OFF"), run: hello, fails: true, says: malformed},
		{code: "SUM002", name: "a mirror", environ: sumDB("goproxy.cn"), run: hello, fails: true, says: malformed},
		{code: "SUM002", name: "a list", environ: sumDB("sum.golang.org,sum.golang.google.cn"), run: hello, fails: true, says: malformed},
		{code: "SUM002", name: "another key", environ: sumDB("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn9"), run: hello, fails: true, says: "invalid verifier hash"},
		{code: "SUM002", name: "three words", environ: sumDB("sum.golang.org https://a.example https://b.example"), run: hello, fails: true, says: "invalid GOSUMDB: too many fields"},
		{code: "SUM002", name: "spaces", environ: sumDB("  "), run: hello, fails: true, says: "missing GOSUMDB"},
		clean("SUM002"),

		{code: "SUM003", environ: sumDB("https://sum.golang.google.cn"), run: hello, fails: true, says: malformed, finding: fixes("GOSUMDB=sum.golang.google.cn")},
		{code: "SUM003", name: "the public name", envFile: "GOPROXY={mirror}/ok\nGOSUMDB=https://sum.golang.org/\n", run: hello, fails: true, says: malformed, finding: fixes("go env -u GOSUMDB")},
		clean("SUM003"),
		{code: "SUM004", environ: sumDB("sum.golang.google.cn https://sum.golang.google.cn"), run: hello, fails: true, says: malformed, finding: fixes("GOSUMDB=sum.golang.google.cn")},
		{code: "SUM004", name: "a space behind", environ: sumDB("sum.golang.google.cn "), run: hello, fails: true, says: malformed},
		{code: "SUM004", name: "exactly", clean: true, environ: sumDB("sum.golang.google.cn"), run: hello, fails: true, says: "https://sum.golang.google.cn/lookup/example.com/hello@v1.0.0"},
		{code: "SUM004", name: "the other name may have a space", clean: true, environ: sumDB("sum.golang.org "), run: hello, fails: true, says: "https://sum.golang.org/"},
		{code: "SUM002", name: "these have rules of their own", clean: true, environ: sumDB("https://sum.golang.google.cn")},

		{code: "SUM008", environ: map[string]string{"GOSUMDB": "off", "GOTOOLCHAIN": "auto"}, files: map[string]string{"go.mod": "module app.example/app\n\ngo 1.99.0\n"}, prepare: servesToolchain,
			run: []string{"build", "./..."}, fails: true, says: "checksum database disabled by GOSUMDB=off"},
		{code: "SUM008", name: "forced", environ: map[string]string{"GOSUMDB": "off", "GOTOOLCHAIN": "go1.99.0"}, prepare: servesToolchain, run: []string{"version"}, fails: true, says: "checksum database disabled by GOSUMDB=off"},
		{code: "SUM008", name: "never switches", clean: true, environ: map[string]string{"GOSUMDB": "off", "GOTOOLCHAIN": "local"}, files: map[string]string{"go.mod": "module app.example/app\n\ngo 1.99.0\n"},
			run: []string{"build", "./..."}, fails: true, says: "GOTOOLCHAIN=local", silent: "GOSUMDB"},
		{code: "SUM008", name: "new enough", clean: true, environ: map[string]string{"GOSUMDB": "off", "GOTOOLCHAIN": "auto"}, files: map[string]string{"go.mod": "module app.example/app\n\ngo 1.21\n"}, run: []string{"list", "-m"}, says: "app.example/app"},

		{code: "SUM009", environ: with("GONOSUMDB", "git.corp.example,*"), run: hello, verify: changed, finding: fixes("GONOSUMDB=git.corp.example")},
		{code: "SUM009", name: "alone", environ: with("GONOSUMDB", "*.*"), run: []string{"version"}, finding: fixes("unset GONOSUMDB")},
		{code: "SUM009", name: "narrow", clean: true, environ: with("GONOSUMDB", "*.corp.example"), run: hello, fails: true, says: "SECURITY ERROR"},

		{code: "SUM010", environ: with("GONOSUMCHECK", "1"), run: hello, fails: true, says: "SECURITY ERROR"},
		{code: "SUM010", name: "go env refuses it", environ: sumDB("{sumdb}"), change: found("GOSUMCHECK", "off", envcheck.FromShell, "/home/dev/.bashrc", 7), run: []string{"env", "-w", "GOSUMCHECK=off"}, fails: true, says: "unknown go command variable GOSUMCHECK"},
		{code: "SUM010", name: "in the env file", envFile: "GONOVERIFY=*\n", finding: fixes("go env -u GONOVERIFY")},
		{code: "SUM010", name: "one that exists", clean: true, environ: with("GONOSUMDB", "example.com"), run: hello, verify: changed},

		{code: "SUM011", environ: sumDB("{sumdb}"), finding: severe(envcheck.Info)},
		{code: "SUM011", name: "not on the list", environ: sumDB("{sumdb}"), policy: envcheck.Policy{GOSUMDB: []string{"off", "sum.golang.google.cn"}}, finding: func(t *testing.T, f envcheck.Finding) {
			severe(envcheck.Error)(t, f)
			fixes("GOSUMDB=sum.golang.google.cn")(t, f)
		}},
		{code: "SUM011", name: "the public one, where that is not on the list", policy: envcheck.Policy{GOSUMDB: []string{"sum.golang.google.cn"}}, finding: severe(envcheck.Error)},
		{code: "SUM011", name: "on the list", clean: true, environ: sumDB("sum.golang.org"), policy: envcheck.Policy{GOSUMDB: []string{"sum.golang.org"}}},
		{code: "SUM011", name: "the public one", clean: true, environ: sumDB("sum.golang.google.cn")},
		{code: "SUM011", name: "broken", clean: true, environ: sumDB(ownKey)},

		{code: "SUM013", environ: proxied("https://goproxy.cn,direct"), change: goIs("go1.26.5"), finding: func(t *testing.T, f envcheck.Finding) {
			if f.Subject != "go1.26.5" || !strings.Contains(f.Message.EN, "go1.26.6") || !strings.Contains(f.Message.EN, "goproxy.cn") {
				t.Errorf("%s: %s", f.Subject, f.Message.EN)
			}
		}},
		{code: "SUM013", name: "an old line", environ: proxied("https://goproxy.cn,direct"), change: goIs("go1.22.3")},
		{code: "SUM013", name: "a candidate", environ: proxied("https://goproxy.cn,direct"), change: goIs("go1.27rc2")},
		{code: "SUM013", name: "mended 1.25", clean: true, environ: proxied("https://goproxy.cn,direct"), change: goIs("go1.25.13")},
		{code: "SUM013", name: "newer", clean: true, environ: proxied("https://goproxy.cn,direct"), change: goIs("go1.28.0")},
		{code: "SUM013", name: "the default mirror", clean: true, change: goIs("go1.26.5")},
		{code: "SUM013", name: "a mirror of the house", clean: true, environ: proxied("http://10.1.2.3/go,direct"), change: goIs("go1.26.5")},

		{code: "SUM015", environ: sumDB("sum.golang.org https://gocenter.io/sumdb/sum.golang.org"), run: hello, fails: true, says: "https://gocenter.io/sumdb/sum.golang.org/lookup/", finding: fixes("unset GOSUMDB")},
		clean("SUM015"),
	}
}

// goIs says that another Go is installed.
func goIs(version string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) { s.Gos[0].Version = version }
}

// servesToolchain gives the world a mirror that has a newer Go.
func servesToolchain(t *testing.T, w *world) {
	m := mirrortest.New(t, mirrortest.Options{Modules: mirrortest.Modules{
		fmt.Sprintf("golang.org/toolchain@v0.0.1-go1.99.0.%s-%s", runtime.GOOS, runtime.GOARCH): {"bin/go": "not a program"},
	}})
	w.environ = append(w.environ, "GOPROXY="+m.URL(mirrortest.OK))
}

// sumFiles are about go.sum and about scripts.
func sumFiles() []reproduction {
	project := map[string]string{"go.mod": needsHello, "app.go": "package app\n\nimport _ \"example.com/hello\"\n"}
	build := []string{"build", "./..."}
	script := func(lines ...string) func(*testing.T, *envcheck.Snapshot) {
		return func(_ *testing.T, s *envcheck.Snapshot) {
			f := envcheck.CIFile{Path: ".gitlab-ci.yml", Kind: envcheck.FromGitLab}
			for i, l := range lines {
				f.Lines = append(f.Lines, envcheck.CILine{Text: l, Line: 10 + i})
			}
			s.CIFiles = append(s.CIFiles, f)
		}
	}
	return []reproduction{
		{code: "SUM012", environ: sumDB("{sumdb}"), files: project, run: build, fails: true, says: "missing go.sum entry", finding: func(t *testing.T, f envcheck.Finding) {
			if f.Evidence[0].Value != "example.com/hello@v1.0.0" || f.Evidence[0].Place.Line != 5 {
				t.Errorf("evidence %+v", f.Evidence)
			}
		}},
		{code: "SUM012", name: "half", environ: sumDB("{sumdb}"), files: project, prepare: writeSums("mod"), run: build, fails: true, says: "missing go.sum entry"},
		{code: "SUM012", name: "complete", clean: true, environ: sumDB("{sumdb}"), files: project, prepare: writeSums("mod", "zip"), run: build},
		{code: "SUM012", name: "requires nothing", clean: true, files: map[string]string{"go.mod": "module app.example/app\n\ngo 1.24\n"}, run: []string{"list", "-m"}},
		{code: "SUM012", name: "replaced by a folder", clean: true, environ: sumDB("{sumdb}"), run: build, files: map[string]string{
			"go.mod": needsHello + "\nreplace example.com/hello => ./hello\n", "app.go": project["app.go"], "hello/go.mod": "module example.com/hello\n", "hello/hello.go": "package hello\n"}},
		{code: "SUM012", name: "indirect", clean: true, environ: sumDB("{sumdb}"), prepare: writeSums("mod"), run: build, files: map[string]string{
			"go.mod": strings.Replace(needsHello, "v1.0.0", "v1.0.0 // indirect", 1), "app.go": "package app\n"}},
		{code: "SUM012", name: "written by the build", clean: true, environ: map[string]string{"GOPROXY": "{mirror}/ok", "GOSUMDB": "{sumdb}", "GOFLAGS": "-mod=mod"}, files: project, run: build},

		{code: "SUM014", environ: map[string]string{"GOPROXY": "{mirror}/badzip", "GOSUMDB": "{sumdb}"}, files: project, prepare: writeSums("mod", "zip"),
			change: script("go vet ./...", "rm -f go.sum && go mod tidy"), run: build, fails: true, says: "SECURITY ERROR", verify: roundIt, finding: func(t *testing.T, f envcheck.Finding) {
				if f.Where.Line != 11 || f.Where.File != ".gitlab-ci.yml" || f.Fix != nil {
					t.Errorf("%+v, fix %+v", f.Where, f.Fix)
				}
			}},
		{code: "SUM014", name: "switched off for one command", change: script("GOSUMDB=off go mod download")},
		{code: "SUM014", name: "known as a setting already", clean: true, change: func(t *testing.T, s *envcheck.Snapshot) {
			script("export GOSUMDB=off")(t, s)
			found("GOSUMDB", "off", envcheck.FromGitLab, ".gitlab-ci.yml", 10)(t, s)
		}},
		{code: "SUM014", name: "honest work with go.sum", clean: true, change: script("COPY go.mod go.sum ./", "git diff --exit-code go.sum", "cp go.sum /tmp", "sort -u a b > go.sum", "echo 'rm go.sum'", "# rm go.sum", "rm -f go.sum.orig")},

		{code: "SUM016", environ: sumDB("{sumdb}"), files: map[string]string{"go.mod": needsHello, "app.go": project["app.go"], "go.sum": "<<<<<<< HEAD\n"}, run: build, fails: true, says: "malformed go.sum", finding: func(t *testing.T, f envcheck.Finding) {
			if f.Where.Line != 1 || !strings.Contains(f.Message.EN, "<<<<<<< HEAD") {
				t.Errorf("%+v %s", f.Where, f.Message.EN)
			}
		}},
		{code: "SUM016", name: "an empty line", clean: true, environ: sumDB("{sumdb}"), files: project, prepare: writeSums("", "mod", "zip"), run: build},
		{code: "SUM012", name: "a consequence", clean: true, files: map[string]string{"go.mod": needsHello, "go.sum": "======= \n"}},
	}
}

// writeSums writes a go.sum with the true sums of the go.mod, of the archive, or
// an empty line.
func writeSums(lines ...string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		zip, mod := w.mirror.Sums("example.com/hello", "v1.0.0")
		var b strings.Builder
		for _, l := range lines {
			b.WriteString(map[string]string{"": "\n", "zip": "example.com/hello v1.0.0 " + zip + "\n", "mod": "example.com/hello v1.0.0/go.mod " + mod + "\n"}[l])
		}
		w.write(t, filepath.Join(w.dir, "go.sum"), b.String())
	}
}

// roundIt does what the script does, and asserts that the changed bytes are then
// taken without a word.
func roundIt(t *testing.T, w *world, _ string) {
	t.Helper()
	if err := os.Remove(filepath.Join(w.dir, "go.sum")); err != nil {
		t.Fatal(err)
	}
	w.environ = append(w.environ, "GOSUMDB=off")
	if out, failed := w.runGo(t, "mod", "tidy"); failed {
		t.Errorf("go mod tidy without go.sum: %s", out)
	}
	changed(t, w, "")
}

// sumAnswered are findings about what mirrors and the database answer. The
// answers are recorded; the go command beside them meets the same.
func sumAnswered() []reproduction {
	direct := func(class, host string, classes ...string) func(*testing.T, *envcheck.Snapshot) {
		return func(t *testing.T, s *envcheck.Snapshot) {
			answers(classes...)(t, s)
			s.Network.SumDBs = []envcheck.SumDBProbe{{URL: "https://" + host, Class: class}}
		}
	}
	list := func(list, db string) map[string]string { return map[string]string{"GOPROXY": list, "GOSUMDB": db} }
	return []reproduction{
		{code: "SUM005", environ: sumDB("sum.golang.google.cn"), change: answers("ok/yes"), run: hello, fails: true, says: "https://sum.golang.google.cn/lookup/", verify: asked("/ok/sumdb/", false), finding: fixes("unset GOSUMDB")},
		{code: "SUM005", name: "no mirror carries it", clean: true, environ: sumDB("sum.golang.google.cn"), change: answers("ok/no")},
		{code: "SUM005", name: "default", clean: true, environ: sumDB("{sumdb}"), change: answers("ok/yes"), run: hello, verify: asked("/ok/sumdb/sum.mirror.test/supported", true)},

		{code: "SUM017", environ: list("{mirror}/badkey", "{sumdb}"), change: answers("ok/content"), run: hello, fails: true, says: "note has no verifiable signatures"},
		{code: "SUM017", name: "records that are not in the tree", environ: list("{mirror}/badrecord", "{sumdb}"), change: answers("ok/content"), run: hello, fails: true, says: "cannot authenticate record data in server response"},
		{code: "SUM017", name: "it carries none", clean: true, environ: list("{mirror}/nosumdb", "{sumdb}"), change: answers("ok/no")},
		{code: "SUM017", name: "past the mirrors", clean: true, environ: list("{mirror}/badkey", "sum.golang.google.cn"), change: answers("ok/content")},
		{code: "SUM006", name: "a consequence of lies", clean: true, environ: list("{mirror}/badkey", "{sumdb}"), change: answers("ok/content")},

		{code: "SUM006", environ: list("{mirror}/403|{mirror}/nosumdb", "{sumdb}"), change: answers("denied/denied", "ok/no"), run: hello, fails: true, says: "/403/sumdb/sum.mirror.test/supported: 403 Forbidden"},
		{code: "SUM006", name: "a comma", environ: list("{mirror}/503,{mirror}/ok", "sum.golang.org"), change: answers("server/server", "ok/yes"), finding: fixes("/503|")},
		{code: "SUM006", name: "nothing behind", environ: list("{mirror}/503", "sum.golang.org"), change: answers("server/server"), finding: fixes("GOSUMDB=sum.golang.google.cn")},
		{code: "SUM006", name: "a pipe to one that carries it", clean: true, environ: list("{mirror}/403|{mirror}/ok", "{sumdb}"), change: answers("denied/denied", "ok/yes"), run: hello},
		{code: "SUM006", name: "a pipe to direct", clean: true, environ: list("{mirror}/503|direct", "{sumdb}"), change: answers("server/server"), run: hello, fails: true, silent: "supported"},
		{code: "SUM006", name: "past the mirrors", clean: true, environ: list("{mirror}/503,{mirror}/ok", "sum.golang.google.cn"), change: answers("server/server", "ok/yes")},
		{code: "SUM006", name: "off", clean: true, environ: list("{mirror}/503|{mirror}/ok", "off"), change: answers("server/server", "ok/yes"), run: hello, verify: asked("/ok/sumdb/", false)},

		{code: "SUM007", environ: list("{mirror}/nosumdb", "{sumdb}"), change: direct("dns", "sum.mirror.test", "ok/no"), run: hello, fails: true, says: "https://sum.mirror.test/"},
		{code: "SUM007", name: "public", environ: list("{mirror}/nosumdb,direct", "sum.golang.org"), change: direct("timeout", "sum.golang.org", "ok/no"), finding: fixes("GOSUMDB=sum.golang.google.cn")},
		{code: "SUM007", name: "it answers", clean: true, environ: list("{mirror}/nosumdb", "sum.golang.org"), change: direct("ok", "sum.golang.org", "ok/no")},
		{code: "SUM007", name: "a mirror carries it", clean: true, environ: list("{mirror}/nosumdb,{mirror}/ok", "{sumdb}"), change: direct("timeout", "sum.mirror.test", "ok/no", "ok/yes"), run: hello},
	}
}

// TestSumFixes writes each remedy into the env file and looks again.
func TestSumFixes(t *testing.T) {
	for _, c := range []struct{ code, value, want string }{
		{"SUM001", "off", "-"},
		{"SUM002", "OFF", "-"},
		{"SUM003", "https://sum.golang.google.cn/", goenv.PublicSumDBAlias},
		{"SUM003", "http://sum.golang.org", "-"},
		{"SUM004", "sum.golang.google.cn\t", goenv.PublicSumDBAlias},
		{"SUM015", "sum.golang.org https://gocenter.io", "-"},
	} {
		fixOnce(t, c.code, "", "GOSUMDB", c.value, c.want)
	}
	fixOnce(t, "SUM009", "", "GONOSUMDB", "*,git.corp.example,*.*", "git.corp.example")
	fixOnce(t, "SUM010", "", "GONOSUMCHECK", "1", "-")
}

func TestSumTrick(t *testing.T) {
	for line, want := range map[string]string{
		"rm go.sum":                              "file",
		"RUN rm -rf ./go.sum vendor && go build": "file",
		"- sudo rm -f 'sub/go.sum'":              "file",
		`del /f sub\go.sum`:                      "file",
		"Remove-Item -Force go.sum":              "file",
		"git rm --cached go.sum":                 "file",
		"find . -name go.sum -delete":            "file",
		"go mod verify || rm go.sum":             "file",
		": > go.sum":                             "file",
		"cat /dev/null >go.sum":                  "file",
		"truncate -s 0 go.sum":                   "file",
		"GOFLAGS=-mod=mod GOSUMDB=off go get x":  "setting",
		"env GOSUMDB=off go get x":               "setting",
		"go env -w GOPROXY=direct GOSUMDB=off":   "setting",
		"ENV GOSUMDB=off":                        "setting",
		`$env:GOSUMDB="off"; go get x`:           "setting",
		"export GONOSUMCHECK=1":                  "setting",
		"GONOSUMDB='*' go get x":                 "setting",
		"":                                       "",
		"git rm go.mod":                          "",
		"rm go.summary":                          "",
		"go mod tidy # then rm go.sum":           "",
		"git show main:go.sum > go.sum":          "",
		"echo x >> go.sum":                       "",
		"GOSUMDB=sum.golang.org go build":        "",
		"GONOSUMDB=git.corp.example go get x":    "",
	} {
		if got, what := sumTrick(line); got != want || (got == "") != what.IsZero() {
			t.Errorf("%q: %q (%s), want %q", line, got, what.EN, want)
		}
	}
}

func FuzzSumTrick(f *testing.F) {
	for _, s := range []string{"rm go.sum", `a "b' && > go.sum`, "GOSUMDB=off", "env env =", "#", "-- @ rm"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, words := range shellCommands(line) {
			if len(words) == 0 {
				t.Errorf("%q: an empty command", line)
			}
		}
		if kind, _ := sumTrick(line); kind == "file" && !strings.Contains(strings.Map(dropQuotes, line), "go.sum") {
			t.Errorf("%q: nothing names go.sum", line)
		}
	})
}

func dropQuotes(r rune) rune {
	if r == '"' || r == '\'' {
		return -1
	}
	return r
}
