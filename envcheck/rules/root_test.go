package rules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestROOT(t *testing.T) { reproduceAll(t, rootReproductions()) }

func rootReproductions() []reproduction {
	goroot := func(v string) map[string]string { return map[string]string{"GOROOT": v} }
	const fedora = "GOPROXY=direct\nGOSUMDB=off\nGOTOOLCHAIN=local\n"
	return []reproduction{
		{code: "ROOT001", name: "go's own", environ: goroot("{goroot}"), run: []string{"env", "GOROOT"}, says: "{goroot}", finding: severity(envcheck.Info)},
		{code: "ROOT001", name: "another that works", environ: goroot("{home}/go"), prepare: secondGoroot(""), finding: severity(envcheck.Warning), run: []string{"env", "GOROOT"}, says: "{home}/go"},
		{code: "ROOT001", name: "in a Dockerfile", change: setting(envcheck.FromDocker, "Dockerfile", 2, "GOROOT", "/usr/local/go")},
		{code: "ROOT001", clean: true},

		{code: "ROOT002", name: "absent", environ: goroot("{home}/absent"), run: []string{"version"}, fails: true, says: "go: cannot find GOROOT directory: {home}/absent"},
		{code: "ROOT002", name: "something else", environ: goroot("{home}"), files: app(""), run: []string{"build"}, fails: true, says: "package os is not in std"},
		{code: "ROOT002", name: "go's own", clean: true, environ: goroot("{goroot}")},

		{code: "ROOT003", environ: goroot("{home}/go"), prepare: secondGoroot("go1.20.1\ntime 2023-02-01T00:00:00Z\n"), run: []string{"env", "GOVERSION", "GOROOT"}, silent: "go1.20.1", verify: func(t *testing.T, w *world, out string) {
			if !strings.HasSuffix(out, filepath.Join(w.home, "go")+"\n") {
				t.Errorf("go takes its library elsewhere: %s", out)
			}
		}},
		{code: "ROOT003", name: "the same version twice", clean: true, environ: goroot("{home}/go"), prepare: secondGoroot("")},

		{code: "ROOT004", change: more("go1.22.1")},
		{code: "ROOT004", name: "the same version", clean: true, change: func(t *testing.T, s *envcheck.Snapshot) { more(s.Gos[0].Version)(t, s) }},

		{code: "ROOT005", prepare: loneGo, run: []string{"version"}, fails: true, says: "'go' binary is trimmed and GOROOT is not set"},
		{code: "ROOT005", name: "a link is fine", clean: true, prepare: linkedGo, run: []string{"version"}, says: "go version go"},

		{code: "ROOT006", goEnv: "-", environ: map[string]string{"GONOSUMDB": "*"}, run: []string{"mod", "download", "example.com/hello@v1.0.0"}, fails: true, says: "GOPROXY list is not the empty string, but contains no entries"},
		{code: "ROOT006", name: "mended in mainland China", profile: "cn", goEnv: "-", finding: func(t *testing.T, f envcheck.Finding) {
			if f.Fix == nil || len(f.Fix.Changes) != 3 {
				t.Errorf("the fix is %+v, want three settings", f.Fix)
			}
		}},
		{code: "ROOT006", name: "everything is set by hand", clean: true, goEnv: "-", envFile: "GOPROXY=https://goproxy.cn,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n"},
		{code: "ROOT006", clean: true},

		{code: "ROOT007", change: deep(envcheck.GorootProof{Path: "/usr/local/go", Version: "go1.26.8", Verdict: "differs", H1: "h1:a", Logged: "h1:b", Files: []string{"changed pkg/tool/linux_amd64/compile"}}), finding: func(t *testing.T, f envcheck.Finding) {
			if f.Severity != envcheck.Security || !strings.Contains(f.Message.EN, "compile") {
				t.Errorf("%s: %s", f.Severity, f.Message.EN)
			}
		}},
		{code: "ROOT007", clean: true, change: deep(envcheck.GorootProof{Verdict: "genuine"})},
		{code: "ROOT007", name: "only go.env", clean: true, change: deep(envcheck.GorootProof{Verdict: "go.env"})},

		{code: "ROOT008", name: "the same folder", environ: map[string]string{"GOPATH": "{goroot}"}, files: app(""), run: []string{"build"}, says: "warning: both GOPATH and GOROOT are the same directory"},
		{code: "ROOT008", name: "inside", environ: map[string]string{"GOPATH": "{home}/gopath:{goroot}/packages"}},
		{code: "ROOT008", name: "a name that begins alike", clean: true, environ: map[string]string{"GOPATH": "{goroot}-path"}},

		{code: "ROOT009", name: "~", environ: map[string]string{"GOPATH": "~/go"}, files: app(""), run: []string{"build"}, fails: true, says: "GOPATH entry cannot start with shell metacharacter '~'"},
		{code: "ROOT009", name: "relative", envFile: "GOPATH=gopath\n", files: app(""), run: []string{"build"}, fails: true, says: `GOPATH entry is relative; must be absolute path: "gopath"`},
		{code: "ROOT009", name: "a variable in the file", envFile: "GOPATH=$HOME/go\n", files: app(""), run: []string{"build"}, fails: true, says: `must be absolute path: "$HOME/go"`, finding: func(t *testing.T, f envcheck.Finding) {
			if f.Fix == nil || !strings.HasSuffix(f.Fix.Command, "/go") || strings.Contains(f.Fix.Command, "$") {
				t.Errorf("the fix is %+v", f.Fix)
			}
		}},
		{code: "ROOT009", clean: true, environ: map[string]string{"GOPATH": "{home}/a:{home}/b"}},

		{code: "ROOT010", name: "amd64 on Kunpeng", change: arch("amd64", "arm64")},
		{code: "ROOT010", name: "32 bits", change: arch("386", "amd64"), finding: severity(envcheck.Info)},
		{code: "ROOT010", clean: true, change: arch("loong64", "loong64")},
		{code: "ROOT010", name: "unknown", clean: true, change: arch("amd64", "")},

		{code: "ROOT011", goEnv: fedora, run: []string{"env", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN"}, says: "direct\noff\nlocal\n"},
		{code: "ROOT011", name: "one word", goEnv: "GOSUMDB=sum.golang.org\nGOTOOLCHAIN=local\n", environ: map[string]string{"GOPROXY": "{mirror}/ok"}, finding: sets("GOTOOLCHAIN", "auto")},
		{code: "ROOT011", name: "proven, and without effect", environ: map[string]string{"GOPROXY": "{mirror}/ok"}, change: deep(envcheck.GorootProof{Verdict: "go.env", GoEnv: []string{"GOPROXY=direct"}}), finding: severity(envcheck.Info)},
		{code: "ROOT011", name: "overridden", clean: true, goEnv: fedora, envFile: "GOPROXY=https://goproxy.cn,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n"},
		{code: "ROOT011", name: "as shipped", clean: true, environ: map[string]string{"GOPROXY": "{mirror}/ok"}, goEnv: "# comment\nGOPROXY=https://mirror.example\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n"},

		{code: "ROOT012", change: func(_ *testing.T, s *envcheck.Snapshot) {
			s.Gos, s.Goroot, s.GoEnv = nil, envcheck.Goroot{}, nil
		}},
		{code: "ROOT012", clean: true},
		{code: "ROOT013", change: func(_ *testing.T, s *envcheck.Snapshot) {
			s.Gos = []envcheck.GoBinary{{Path: "/usr/local/bin/go", Error: "no such file or directory"}}
			s.GoEnv = nil
		}},
		{code: "ROOT013", name: "a wrapper", change: func(_ *testing.T, s *envcheck.Snapshot) { s.Gos[0].Version = "" }, finding: severity(envcheck.Warning)},
		{code: "ROOT013", clean: true},
		{code: "ROOT014", change: deep(envcheck.GorootProof{Path: "/usr/local/go", Version: "go1.28-devel", Verdict: "unknown"})},
		{code: "ROOT014", clean: true, change: deep(envcheck.GorootProof{Verdict: "genuine"})},
	}
}

// secondGoroot makes {home}/go, with another VERSION unless it is "".
func secondGoroot(version string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		dir := filepath.Join(w.home, "go")
		shadowGoroot(t, dir, "", false)
		if version == "" {
			return
		}
		if err := os.Remove(filepath.Join(dir, "VERSION")); err != nil {
			t.Fatal(err)
		}
		w.write(t, filepath.Join(dir, "VERSION"), version)
	}
}

// loneGo puts a copy of go, and nothing else of Go, first on PATH.
func loneGo(t *testing.T, w *world) { firstOnPath(t, w, copyFile) }

// linkedGo puts a link to go first on PATH.
func linkedGo(t *testing.T, w *world) {
	firstOnPath(t, w, func(t *testing.T, from, to string) {
		if err := os.Symlink(from, to); err != nil {
			t.Fatal(err)
		}
	})
}

func firstOnPath(t *testing.T, w *world, put func(t *testing.T, from, to string)) {
	dir := filepath.Join(w.home, "alone")
	if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(w.goroot, "bin", "go"), filepath.Join(dir, "bin", "go"))
	w.goroot = dir
	i := slices.IndexFunc(w.environ, func(kv string) bool { return strings.HasPrefix(kv, "PATH=") })
	w.environ[i] = "PATH=" + filepath.Join(dir, "bin") + ":/usr/bin:/bin"
}

// more adds a second go to PATH.
func more(version string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		s.Gos = []envcheck.GoBinary{s.Gos[0], {Path: "/usr/bin/go", Resolved: "/usr/lib/go/bin/go", Version: version}}
	}
}

func deep(p envcheck.GorootProof) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) { s.Deep = &envcheck.Deep{Goroot: p} }
}

func arch(command, machine string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) { s.Gos[0].Arch, s.Machine.Arch = command, machine }
}
