package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// site is a project with a dist, a store and temporary files of its own, whose
// processes can be told from all others.
type site struct {
	dir, cache, temp string
	env              []string
}

func newSite(t *testing.T, cache string) *site {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &site{dir: filepath.Join(root, "hello"), cache: cache, temp: filepath.Join(root, "tmp")}
	if cache == "" {
		s.cache = filepath.Join(root, "gocache")
	}
	for name, text := range map[string]string{
		"go.mod":        "module example.cn/hello\n\ngo 1.24\n",
		"main.go":       "package main\n\nvar version = \"dev\"\n\nfunc main() { println(version) }\n",
		"LICENSE":       "do what you like\n",
		".yingzao.yaml": "version: 1\nrelease:\n  targets: [linux/amd64, linux/arm64, linux/loong64]\n  builds: [{main: ., binary: hello, ldflags: '-s -w -X main.version=$V'}]\n",
	} {
		text = strings.ReplaceAll(text, "$V", "{{ .Version }}")
		if err := errors.Join(os.MkdirAll(s.dir, 0o755), os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(s.temp, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GO") {
			s.env = append(s.env, kv)
		}
	}
	s.env = append(s.env, "HOME="+mirrortest.Home(t), "GOENV=off", "GOPROXY=off", "GOTOOLCHAIN=local", "GOCACHE="+s.cache, "TMPDIR="+s.temp, "XDG_CACHE_HOME="+filepath.Join(root, "cache"), "LANG=C")
	t.Cleanup(func() { // a failed test leaves nothing running either
		for _, pid := range s.running(t) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	return s
}

func (s *site) command(args ...string) *exec.Cmd {
	cmd := exec.Command("yingzao", args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

// must runs yingzao to a good end.
func (s *site) must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := s.command(args...).CombinedOutput()
	if err != nil {
		t.Fatalf("yingzao %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// start runs yingzao beside the test.
func (s *site) start(t *testing.T, args ...string) (cmd *exec.Cmd, said *bytes.Buffer) {
	t.Helper()
	cmd, said = s.command(args...), &bytes.Buffer{}
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, said
}

// running lists the processes whose environment names the site's temporary
// folder, which all of its children inherit. Zombies have no environment.
func (s *site) running(t *testing.T) (pids []int) {
	t.Helper()
	procs, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range procs {
		if b, err := os.ReadFile(file); err == nil && bytes.Contains(b, []byte("TMPDIR="+s.temp+"\x00")) {
			var pid int
			if _, err := fmt.Sscanf(file, "/proc/%d/", &pid); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// until polls; a generous limit keeps a loaded machine from failing the test.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	const limit, pause = 3 * time.Minute, 2 * time.Millisecond
	for end := time.Now().Add(limit); !ok(); time.Sleep(pause) {
		if time.Now().After(end) {
			t.Fatalf("after %v: not %s", limit, what)
		}
	}
}

// compiling counts the compilers at work.
func (s *site) compiling(t *testing.T) (n int) {
	for _, pid := range s.running(t) {
		if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil && filepath.Base(exe) == "compile" {
			n++
		}
	}
	return n
}

// leases are the work directories of running builds.
func (s *site) leases(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(s.dir, "dist", "parts", ".work", "w-*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// leftovers lists temporary files, wherever they may be. The folder that work
// directories are made in stays.
func (s *site) leftovers(t *testing.T) (names []string) {
	t.Helper()
	names = s.leases(t)
	base := filepath.Join(s.temp, fmt.Sprintf("yingzao-%d", os.Geteuid()))
	for _, root := range []string{s.temp, s.dir} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && (root == s.temp && path != root && path != base || strings.Contains(d.Name(), ".part-") || strings.HasPrefix(d.Name(), "go-build")) {
				names = append(names, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// Interrupted in the middle of parallel builds, a run is gone at once, with all
// of its children and all that it wrote.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles the standard library into an empty cache")
	}
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		s := newSite(t, "")
		cmd, said := s.start(t, "release", "--version", "1.0.0", "--to", "dist/site", "-j", "3")
		until(t, "two compilers at work in two builds", func() bool { return s.compiling(t) >= 2 && len(s.leases(t)) >= 4 })
		start := time.Now()
		s.must(t, "version") // what is to be had at once while all of this compiles
		atOnce := 2*time.Second + 10*time.Since(start)
		start = time.Now()
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		err := cmd.Wait()
		took := time.Since(start)
		t.Logf("%v: gone after %v, of %v", sig, took.Round(time.Millisecond), atOnce.Round(time.Millisecond))
		if took > atOnce {
			t.Errorf("%v: gone only after %v, not within %v", sig, took, atOnce)
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitFailed || !strings.Contains(said.String(), "interrupted: nothing was published") {
			t.Errorf("%v: %v, said %q", sig, err, said)
		}
		// The kernel may still be reaping what was killed; that starts nothing more.
		killed := s.running(t)
		until(t, "rid of its children", func() bool {
			now := s.running(t)
			for _, pid := range now {
				if !slices.Contains(killed, pid) {
					t.Fatalf("%v: children survive: %v, and then %v", sig, killed, now)
				}
			}
			return len(now) == 0
		})
		if left := s.leftovers(t); len(left) > 0 {
			t.Errorf("%v: left behind: %q", sig, left)
		}
		if _, err := os.Stat(filepath.Join(s.dir, "dist", "site")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: the store was touched: %v", sig, err)
		}
	}
}

// Killed at 20 points between its first moment and the last step of publishing,
// a run leaves a store that holds whole releases only, and the next run puts
// everything in order while one beside it goes on.
func TestKill(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes some thirty releases")
	}
	cache := goEnv(t, "GOCACHE")[0]
	s, beside := newSite(t, cache), newSite(t, cache)
	const to = "dist/site"
	project := filepath.Join(s.dir, to, "hello")
	run := func(version string) []string {
		return []string{"release", "--version", version, "--to", to, "-j", "2"}
	}
	s.must(t, run("0.0.1")...) // also warms the cache
	begun := time.Now()
	s.must(t, run("0.0.2")...)
	whole := time.Since(begun)
	manifest := filepath.Join(s.dir, "dist", "manifest.json")
	has := func(path, text string) bool {
		b, err := os.ReadFile(path)
		return err == nil && bytes.Contains(b, []byte(text))
	}

	other, otherSaid := beside.start(t, "release", "--version", "1.0.0", "--to", to)
	rnd := rand.New(rand.NewPCG(2, 6))
	const points = 20
	before, publishing, finished := 0, 0, 0
	for i := range points {
		version := fmt.Sprintf("1.0.%d", i)
		cmd, _ := s.start(t, run(version)...)
		if i < points*2/3 {
			time.Sleep(time.Duration((float64(i) + rnd.Float64()) / (points * 2 / 3) * float64(whole)))
		} else { // spread over the publication, however long the rest takes today
			until(t, "merged", func() bool {
				return has(manifest, `"version": "`+version+`"`)
			})
			time.Sleep(time.Duration(float64(i-points*2/3) * rnd.Float64() * float64(whole) / points))
		}
		_ = cmd.Process.Kill()
		killed := cmd.Wait() != nil
		switch {
		case !killed:
			finished++
		case has(manifest, `"version": "`+version+`"`):
			publishing++
		default:
			before++
		}
		if _, err := os.Stat(filepath.Join(project, version, "manifest.json")); err == nil {
			whollyThere(t, filepath.Join(s.dir, to), version)
		}
		whollyThere(t, filepath.Join(s.dir, to), "") // what latest.json names
		if i%4 == 3 {
			s.must(t, run(version)...)
			s.must(t, "release", "verify", to)
		}
	}
	t.Logf("a run takes %v; killed %d times before and %d times during publication, %d were faster", whole.Round(time.Millisecond), before, publishing, finished)
	if before == 0 || publishing == 0 {
		t.Errorf("killed %d times before and %d times during publication: the points are not spread", before, publishing)
	}
	until(t, "rid of the compilers of killed runs", func() bool { return len(s.running(t)) == 0 })
	s.must(t, run("2.0.0")...)
	s.must(t, "release", "verify", to)
	if !has(filepath.Join(project, "latest.json"), `"2.0.0"`) {
		t.Error("latest.json does not name the last release")
	}
	if left := s.leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if err := other.Wait(); err != nil {
		t.Errorf("the run beside: %v\n%s", err, otherSaid)
	}
	beside.must(t, "release", "verify", to)
}

// whollyThere fails unless all bytes of a version are in the store as its
// manifest says, be it found through latest.json ("") or by name. The lists that
// point to versions may be behind one another until the publication is repeated.
func whollyThere(t *testing.T, dir, version string) {
	t.Helper()
	st, err := store.Schemes{"file": file.Open}.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := publish.Verify(t.Context(), st, publish.VerifyOptions{Project: "hello", Version: version})
	if r == nil || len(r.Projects) != 1 {
		t.Fatalf("verify %s: %v", version, err)
	}
	behind := []string{publish.CodePointer, publish.CodePage}
	if version != "" {
		behind = append(behind, publish.CodeIndex, publish.CodeClaim)
	}
	for _, f := range r.Projects[0].Findings {
		if !slices.Contains(behind, f.Code) {
			t.Errorf("version %q: %s %s: %s", version, f.Code, f.Subject, f.Text)
		}
	}
	n, _ := r.Counts()
	if n[publish.Passed] != 4 || n[publish.Failed]+n[publish.Skipped] != 0 {
		t.Errorf("version %q: artifacts %v, want 4 passed", version, n)
	}
}

// Two builds of one plan share the folder of parts. A third one sweeps what the
// killed one left there and does not touch what the living one is at.
func TestSweepSparesTheLiving(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles the standard library into an empty cache")
	}
	s := newSite(t, "")
	hold := filepath.Join(t.TempDir(), "hold") // builds wait while it is there
	config := filepath.Join(s.dir, ".yingzao.yaml")
	text, err := os.ReadFile(config)
	hook := fmt.Sprintf(", hooks: {pre: \"sh -c 'while test -e %s; do sleep 0.05; done'\"}}]", hold)
	if err = errors.Join(err, os.WriteFile(config, bytes.ReplaceAll(text, []byte("}]"), []byte(hook)), 0o644)); err != nil {
		t.Fatal(err)
	}
	warm := *s // for the builds that need not take long
	warm.env = append(s.env[:len(s.env):len(s.env)], "GOCACHE="+goEnv(t, "GOCACHE")[0])
	s.must(t, "release", "plan", "--version", "1.0.0")
	build := func(target string) []string { return []string{"release", "build", "--target", target} }

	dead, _ := s.start(t, build("linux/arm64")...)
	until(t, "building", func() bool { return s.compiling(t) > 0 })
	_ = dead.Process.Kill()
	_ = dead.Wait()
	until(t, "rid of its compilers", func() bool { return len(s.running(t)) == 0 })
	remains := s.leases(t)
	if len(remains) != 2 {
		t.Fatalf("the killed build left %q, want a folder and its lock", remains)
	}

	if err := os.WriteFile(hold, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	live, said := warm.start(t, build("linux/amd64")...)
	var held []string
	until(t, "building", func() bool { held = s.leases(t); return len(held) == 2 && !slices.Equal(held, remains) })
	if err := errors.Join(live.Process.Signal(syscall.SIGSTOP), os.Remove(hold)); err != nil { // it lives, and cannot finish too early
		t.Fatal(err)
	}
	warm.must(t, build("linux/loong64")...)
	if now := s.leases(t); strings.Join(now, " ") != strings.Join(held, " ") || len(now) != 2 {
		t.Errorf("leases %q, want the living one's %q", now, held)
	}
	for _, name := range remains {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s was not swept: %v", name, err)
		}
	}
	if err := live.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := live.Wait(); err != nil {
		t.Fatalf("the living build: %v\n%s", err, said)
	}
	warm.must(t, build("linux/arm64")...)
	s.must(t, "release", "merge")
	s.must(t, "release", "publish", "--to", "dist/site")
	s.must(t, "release", "verify", "dist/site")
	if left := s.leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
