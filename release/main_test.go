package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// childTask makes the test binary a builder of its own: umask, TZ, GOMAXPROCS
// and the working folder belong to a process.
const childTask = "YINGZAO_TEST_RELEASE_CHILD"

func TestMain(m *testing.M) {
	if task := os.Getenv(childTask); task != "" {
		if err := child(task); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	var err error
	if scratch, err = os.MkdirTemp("", "yingzao-release-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// What a run remembers between runs must not come from the developer's own.
	os.Setenv("GOCACHE", goEnv("GOCACHE"))
	os.Setenv("XDG_CACHE_HOME", filepath.Join(scratch, "cache"))
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(scratch)
		os.Exit(code)
	}))
}

// scratch outlives single tests and is removed at the end.
var scratch string

// task is what a child process does: the whole run, or one step.
type task struct {
	Step    string // run, plan, build, merge
	Dir     string // of the project
	Dist    string
	Plan    string // file
	Target  string
	Part    string
	Parts   []string
	Umask   int // applied before anything else; 0 = as it is
	Version string
}

func child(text string) error {
	var k task
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return err
	}
	if k.Umask != 0 {
		setUmask(k.Umask)
	}
	ctx := context.Background()
	o := Options{Dir: k.Dir, Dist: k.Dist, Version: k.Version, NoPublish: true, Environ: os.Environ()}
	switch k.Step {
	case "run":
		_, err := Run(ctx, o)
		return err
	case "plan":
		r, err := MakePlan(ctx, o)
		if err != nil {
			return err
		}
		return WritePlan(ctx, r.Plan, k.Plan)
	}
	plan, err := ReadPlan(k.Plan)
	if err != nil {
		return err
	}
	if k.Step == "merge" {
		_, err = Merge(ctx, plan, k.Dir, k.Parts, k.Dist)
		return err
	}
	t, err := target.Parse(k.Target)
	if err != nil {
		return err
	}
	_, err = BuildPart(ctx, o, plan, t, k.Part)
	return err
}

// do runs a task in a process of its own.
func (k task) do(t *testing.T, env ...string) {
	t.Helper()
	b, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Dir = k.Dir
	cmd.Env = append(append(testEnviron(), env...), childTask+"="+string(b))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", k.Step, err, out)
	}
}

var goEnv = sync.OnceValue(func() func(string) string {
	values := map[string]string{}
	out, err := exec.Command("go", "env", "-json", "GOCACHE", "GOROOT", "GOMODCACHE").Output()
	if err == nil {
		err = json.Unmarshal(out, &values)
	}
	if err != nil {
		panic(err)
	}
	return func(k string) string { return values[k] }
})()

// testEnviron is this process's environment without the machine's go settings.
func testEnviron(extra ...string) []string {
	var env []string
	for _, kv := range os.Environ() {
		if k, _, _ := strings.Cut(kv, "="); !strings.HasPrefix(k, "GO") && k != "TZ" || k == "GOCACHE" || k == "GOCOVERDIR" {
			env = append(env, kv)
		}
	}
	return append(append(env, "GOENV=off", "GOPROXY=off", "GOTOOLCHAIN=local", "GOMODCACHE="+goEnv("GOMODCACHE")), extra...)
}

// files is a folder's content by slash-separated name. A name that ends in * is
// executable.
type files map[string]string

func (f files) write(t testing.TB, dir string) {
	t.Helper()
	for name, text := range f {
		mode := fs.FileMode(0o644)
		if n, ok := strings.CutSuffix(name, "*"); ok {
			name, mode = n, 0o755
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), mode), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
	}
}

// with returns f and more; a text "-" leaves a file out.
func (f files) with(more files) files {
	out := files{}
	for _, m := range []files{f, more} {
		for k, v := range m {
			if out[k] = v; v == "-" {
				delete(out, k)
			}
		}
	}
	return out
}

// hello is a module without dependencies, not even on fmt.
var hello = files{
	"go.mod":            "module example.cn/hello\n\ngo 1.24\n",
	"main.go":           "package main\n\nimport \"example.cn/hello/greet\"\n\nvar version = \"dev\"\n\nfunc main() { println(greet.Text + version) }\n",
	"greet/greet.go":    "// Package greet greets.\npackage greet\n\n// Text comes first.\nconst Text = \"你好 \"\n",
	"LICENSE":           "do what you like\n",
	"docs/用法.md":        "# 用法\n",
	"docs/deep/more.md": "# more\n",
	"scripts/post.sh*":  "#!/bin/sh\nexit 0\n",
}

// folder writes a project into a new folder that is no repository. Links in the
// path of the temporary folder are resolved.
func folder(t testing.TB, f files) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f.write(t, dir)
	return dir
}

// plans makes a plan of a folder as version 1.2.3, unless o says otherwise.
func plans(t testing.TB, dir string, o Options) (*Plan, error) {
	t.Helper()
	o.Dir = dir
	if o.Environ == nil {
		o.Environ = testEnviron()
	}
	if o.Version == "" && !o.Snapshot {
		o.Version = "1.2.3"
	}
	r, err := MakePlan(context.Background(), o)
	if err != nil {
		return nil, err
	}
	return r.Plan, nil
}

// built is hello for two targets, built once for all tests that only read it.
var built = sync.OnceValues(func() (*Result, error) {
	dir := filepath.Join(scratch, "built")
	for name, text := range hello.with(yaml("  targets: [linux/amd64, linux/arm64]\n")) {
		path := filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(name, "*")))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			return nil, err
		}
	}
	return Run(context.Background(), Options{Dir: dir, Version: "1.2.3", Environ: testEnviron(), NoPublish: true})
})

// copyOfBuilt is a folder like built's dist, to be damaged.
func copyOfBuilt(t testing.TB) (r *Result, dist string) {
	t.Helper()
	r, err := built()
	if err != nil {
		t.Fatal(err)
	}
	dist = filepath.Join(t.TempDir(), "dist")
	if err := os.CopyFS(dist, os.DirFS(r.Dist)); err != nil {
		t.Fatal(err)
	}
	return r, dist
}

// parts are the folders of all parts in dist, in the plan's order.
func parts(r *Result, dist string) (dirs []string) {
	for _, t := range r.Plan.Targets() {
		dirs = append(dirs, filepath.Join(dist, partsFolder, t.Slug()))
	}
	return dirs
}

// git runs git in dir; the tool's absence skips the test.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	needs(t, "git")
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=T", "GIT_AUTHOR_EMAIL=t@example.cn", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z",
		"GIT_COMMITTER_NAME=T", "GIT_COMMITTER_EMAIL=t@example.cn", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit makes dir a repository with one commit and the tags.
func commit(t testing.TB, dir string, tags ...string) {
	t.Helper()
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "first")
	for _, tag := range tags {
		git(t, dir, "tag", tag)
	}
}

// needs skips a test without a tool, or fails it where tools are required.
func needs(t testing.TB, tool string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		skip(t, tool+" is not on PATH")
	}
}

func skip(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatal(why + ", and YINGZAO_E2E=require asks for it")
	}
	t.Skip(why)
}

// says fails unless err has the text and speaks Chinese too.
func says(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
		return
	}
	if msg.In(err, msg.Chinese) == err.Error() {
		t.Errorf("not told in Chinese: %v", err)
	}
}

// want compares texts line by line, for tables whose values are long.
func want(t testing.TB, what, got, wanted string) {
	t.Helper()
	if got, wanted = strings.TrimSpace(got), strings.TrimSpace(wanted); got != wanted {
		t.Errorf("%s:\n%s\nwant\n%s", what, got, wanted)
	}
}

func shaOf(t testing.TB, path string) string {
	t.Helper()
	s, err := archive.SumFile(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return s.SHA256
}
