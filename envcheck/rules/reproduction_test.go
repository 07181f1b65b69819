package rules

import (
	"cmp"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/gather"
	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// reproduction is one state of the world and what must be found in it. In all
// strings {mirror} is the URL of a loopback mirror to which a mode is appended
// ("{mirror}/ok", "{mirror}/403"), {sumdb} the verifier key of its checksum
// database, {dir} the project, {home} the home folder, {goroot} the GOROOT.
type reproduction struct {
	code  string // the rule
	name  string // what is special about this state; "" = nothing
	clean bool   // the rule must keep silent

	environ map[string]string // beside a clean environment; "" sets an empty variable, "-" removes one
	envFile string            // the user's env file; "" = there is none
	goEnv   string            // GOROOT/go.env instead of Go's own; "-" = there is none
	files   map[string]string // in {dir}, or absolute by {home}/…
	profile string
	policy  envcheck.Policy
	prepare func(*testing.T, *world)             // before anything is read: permissions, links, repositories
	change  func(*testing.T, *envcheck.Snapshot) // recorded facts: another system, answers of the network

	// What the real go command does in this state. Without run nothing is run, and
	// the rule counts as reproduced lexically or from records.
	run     []string // arguments
	fails   bool     // it must exit with an error; otherwise it must succeed
	says    string   // what it must say; "" = anything
	silent  string   // what it must not say
	verify  func(t *testing.T, w *world, out string)
	finding func(*testing.T, envcheck.Finding) // looks closer at what was found
}

// world is the state on disk.
type world struct {
	home, dir, goroot string
	environ           []string
	mirror            *mirrortest.Server
}

// modules are what the loopback mirror holds.
var modules = mirrortest.Modules{
	"example.com/hello@v1.0.0":         {"hello.go": "package hello\n\nconst Word = \"hello\"\n"},
	"example.com/hello@v1.1.0":         {"hello.go": "package hello\n\nconst Word = \"hello again\"\n"},
	"example.com/cmd@v1.0.0":           {"hello/main.go": "package main\n\nfunc main() {}\n"},
	"example.com/cmd@v1.1.0":           {"hello/main.go": "package main\n\nfunc main() {}\n"},
	"golang.org/x/tools@v0.1.0":        {"cmd/goimports/main.go": "package main\n\nfunc main() {}\n"},
	"git.corp.example/team/lib@v1.0.0": {"lib.go": "package lib\n"},
}

func newWorld(t *testing.T, r reproduction, shadow string, mirror *mirrortest.Server) *world {
	t.Helper()
	base := t.TempDir()
	w := &world{home: filepath.Join(base, "home"), dir: filepath.Join(base, "project"), goroot: shadow, mirror: mirror}
	t.Cleanup(func() { // the module cache is read-only
		_ = filepath.WalkDir(base, func(p string, d os.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				_ = os.Chmod(p, 0o755)
			}
			return nil
		})
	})
	for _, d := range []string{w.home, w.dir} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if r.goEnv != "" {
		w.goroot = filepath.Join(base, "goroot")
		shadowGoroot(t, w.goroot, strings.TrimPrefix(w.expand(r.goEnv), "-"), r.goEnv == "-")
	}
	env := map[string]string{
		"HOME": w.home, "PATH": filepath.Join(w.goroot, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"),
		"GOCACHE": sharedCache(t), "LANG": "C",
	}
	for k, v := range r.environ {
		if v == "-" {
			delete(env, k)
			continue
		}
		env[k] = w.expand(v)
	}
	for _, k := range slices.Sorted(maps.Keys(env)) {
		w.environ = append(w.environ, k+"="+env[k])
	}
	// Telemetry is written by a process that outlives the go command, into a home
	// that is being removed.
	w.write(t, filepath.Join(w.home, ".config", "go", "telemetry", "mode"), "off\n")
	if r.envFile != "" {
		w.write(t, filepath.Join(w.home, ".config", "go", "env"), w.expand(r.envFile))
	}
	for name, data := range r.files {
		if name = w.expand(name); !filepath.IsAbs(name) {
			name = filepath.Join(w.dir, name)
		}
		w.write(t, name, w.expand(data))
	}
	if r.prepare != nil {
		r.prepare(t, w)
	}
	return w
}

func (w *world) expand(s string) string {
	base := strings.TrimSuffix(w.mirror.URL("x"), "/x")
	return strings.NewReplacer("{mirror}", base, "{sumdb}", w.mirror.SumDBKey(), "{dir}", w.dir, "{home}", w.home, "{goroot}", w.goroot).Replace(s)
}

func (w *world) write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	// While another test starts a process, that one has what is open here for a moment,
	// and a program that somebody writes cannot be run.
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte(data), 0o644)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
}

// sharedCache is the GOCACHE of whoever runs the tests, for all worlds, so that
// the standard library is compiled once in a machine's life.
func sharedCache(t *testing.T) string {
	shadowRoot(t)
	return root.cache
}

// runGo runs the real go command in the world. What would leave the machine
// meets a proxy that refuses; loopback is always dialled directly.
func (w *world) runGo(t *testing.T, args ...string) (out string, failed bool) {
	t.Helper()
	env := slices.Clone(w.environ)
	if !slices.ContainsFunc(env, func(kv string) bool {
		return strings.HasPrefix(kv, "HTTPS_PROXY=") || strings.HasPrefix(kv, "https_proxy=")
	}) {
		env = append(env, "HTTPS_PROXY=http://127.0.0.1:1", "HTTP_PROXY=http://127.0.0.1:1")
	}
	if !slices.ContainsFunc(env, func(kv string) bool { return strings.HasPrefix(kv, "GOMODCACHE=") }) && len(args) > 0 && args[0] != "env" {
		env = append(env, "GOMODCACHE="+filepath.Join(w.home, "modcache"))
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(w.goroot, "bin", "go"), args...)
	cmd.Dir, cmd.Env = w.dir, env
	b, err := cmd.CombinedOutput()
	return string(b), err != nil
}

// look gathers the world and runs all rules over it.
func (w *world) look(t *testing.T, r reproduction) *envcheck.Report {
	t.Helper()
	s, err := gather.Snapshot(t.Context(), gather.Options{Dir: w.dir, Environ: w.environ, Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if r.change != nil {
		r.change(t, s)
	}
	s = replayed(t, s)
	profile, err := envcheck.ProfileNamed(r.profile)
	if err != nil {
		t.Fatal(err)
	}
	return envcheck.Check(s, All(), envcheck.Options{Profile: profile, Policy: r.policy})
}

// replayed is a snapshot as somebody else reads it from a file: rules must find
// the same in it.
func replayed(t *testing.T, s *envcheck.Snapshot) *envcheck.Snapshot {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var again envcheck.Snapshot
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	return &again
}

// reproduceAll is the test of an area: each reproduction is looked at by us and,
// where it says how, run by the real go command.
func reproduceAll(t *testing.T, all []reproduction) {
	for _, r := range all {
		t.Run(strings.TrimSpace(r.code+" "+cmp.Or(r.name, map[bool]string{true: "clean", false: "found"}[r.clean])), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, r, shadowRoot(t), mirrortest.New(t, mirrortest.Options{Modules: modules, SumDB: "sum.mirror.test", Delay: 3 * time.Second}))
			report := w.look(t, r)
			var found []envcheck.Finding
			var others []string
			for _, f := range report.Findings {
				others = append(others, f.Code)
				if f.Code == r.code {
					found = append(found, f)
				}
			}
			for _, s := range report.Silenced {
				others = append(others, s.Code+" silenced by "+s.By)
			}
			switch {
			case r.clean && len(found) > 0:
				t.Errorf("%s found where nothing is wrong: %s", r.code, found[0].Message.EN)
			case !r.clean && len(found) == 0:
				t.Errorf("%s not found; what was found: %s; environment %q", r.code, strings.Join(others, ", "), w.environ)
			case r.finding != nil && len(found) > 0:
				r.finding(t, found[0])
			}
			if len(found) > 0 && r.change == nil && r.prepare == nil {
				w.mended(t, r, found)
			}
			if r.run == nil {
				return
			}
			out, failed := w.runGo(t, r.run...)
			if failed != r.fails {
				t.Errorf("go %s: failed is %v, want %v; it says\n%s", strings.Join(r.run, " "), failed, r.fails, out)
			}
			if !strings.Contains(out, w.expand(r.says)) {
				t.Errorf("go %s does not say %q; it says\n%s", strings.Join(r.run, " "), w.expand(r.says), out)
			}
			if r.silent != "" && strings.Contains(out, r.silent) {
				t.Errorf("go %s says %q:\n%s", strings.Join(r.run, " "), r.silent, out)
			}
			if r.verify != nil {
				r.verify(t, w, out)
			}
		})
	}
}

// mended applies the remedy of a finding and looks again: the finding has to be
// gone. Then the remedy is taken back, and the files have to be what they were.
func (w *world) mended(t *testing.T, r reproduction, found []envcheck.Finding) {
	envFile := filepath.Join(w.home, ".config", "go", "env")
	before, _ := os.ReadFile(envFile)
	for _, f := range found {
		if f.Fix == nil || len(f.Fix.Changes) == 0 {
			continue
		}
		plan, err := mend.New(envFile, []envcheck.Finding{f}, []string{f.Code})
		if err != nil {
			t.Fatal(err)
		}
		if plan.Empty() {
			t.Errorf("%s %s: the remedy changes nothing: %+v", f.Code, f.Subject, f.Fix.Changes)
		}
		j := mend.Journal{Dir: filepath.Join(w.home, "journal")}
		if err := j.Apply(t.Context(), plan, time.Now()); err != nil {
			t.Fatal(err)
		}
		for _, still := range w.look(t, r).Findings {
			if still.Code == f.Code && still.Subject == f.Subject && still.Where.Origin == f.Where.Origin && still.Message == f.Message {
				t.Errorf("%s %s is still found after its remedy:\n%s", f.Code, f.Subject, plan.Diff())
			}
		}
		if _, err := j.Undo(); err != nil {
			t.Error(err)
		}
	}
	if after, _ := os.ReadFile(envFile); string(after) != string(before) {
		t.Errorf("undo left %q, want %q", after, before)
	}
}

// reproductions are all of them, an area a file.
func reproductions() []reproduction {
	return slices.Concat(rootReproductions(), tchReproductions(), envReproductions(), prxReproductions(), sumReproductions(), prvReproductions(), flgReproductions(), modReproductions(),
		netReproductions(), tlsReproductions(), vcsReproductions(), cgoReproductions(), cchReproductions(), winReproductions(), ciReproductions(), binReproductions())
}

// TestEveryRuleIsReproduced holds the rules to their word: each has a state that
// yields it and one that does not, and a measured one has the go command's own
// behaviour asserted.
func TestEveryRuleIsReproduced(t *testing.T) {
	type tally struct{ found, clean, real bool }
	seen := map[string]*tally{}
	for _, r := range All() {
		if seen[r.Code] != nil {
			t.Errorf("%s stands twice in All", r.Code)
		}
		seen[r.Code] = &tally{}
	}
	for _, r := range reproductions() {
		n := seen[r.code]
		if n == nil {
			t.Errorf("reproduction %s %s: there is no such rule", r.code, r.name)
			continue
		}
		n.found = n.found || !r.clean
		n.clean = n.clean || r.clean
		n.real = n.real || r.run != nil && (r.says != "" || r.verify != nil || r.fails)
	}
	counts := map[envcheck.Basis]int{}
	for _, r := range All() {
		n := seen[r.Code]
		if !n.found {
			t.Errorf("%s: no state yields it", r.Code)
		}
		if !n.clean {
			t.Errorf("%s: no state in which it keeps silent", r.Code)
		}
		if n.real != (r.Basis == envcheck.Measured) {
			t.Errorf("%s: basis %s, but go's behaviour asserted is %v", r.Code, r.Basis, n.real)
		}
		counts[r.Basis]++
	}
	t.Logf("%d rules, %d reproductions: %d against the real go command, %d lexical, %d on recorded data", len(All()), len(reproductions()), counts[envcheck.Measured], counts[envcheck.Lexical], counts[envcheck.Recorded])
}
