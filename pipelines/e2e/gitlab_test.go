package e2e

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/joshdk/go-junit"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

const (
	ossStore = "oss://releases/downloads?region=cn-hangzhou"
	cosStore = "cos://releases-1250000000/downloads?region=ap-guangzhou"
)

// gitlab is gitlab-ci-local on one repository.
type gitlab struct {
	w         *world
	root      string
	home      string
	variables []string // NAME=VALUE, as set in the project's settings
	without   bool     // yingzao is not on PATH
}

// programs are node and gitlab-ci-local.
func programs(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("YINGZAO_GITLAB_CI_LOCAL")
	need(t, "YINGZAO_GITLAB_CI_LOCAL, a folder with node_modules", dir != "")
	modules := filepath.Join(dir, "node_modules")
	all := []string{filepath.Join(modules, ".bin", "node"), filepath.Join(modules, "gitlab-ci-local", "dist", "index.js")}
	for _, f := range all {
		_, err := os.Stat(f)
		need(t, f, err == nil)
	}
	needTools(t, "git", "rsync", "bash")
	return all
}

// gitlab prepares a repository for runs; variables are those of its settings.
func (w *world) gitlab(t *testing.T, root string, variables ...string) *gitlab {
	return &gitlab{w: w, root: root, home: mirrortest.Home(t), variables: variables}
}

// run runs the pipeline, or what args ask for, and returns what it printed.
func (g *gitlab) run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	program := programs(t)
	argv := append(program[1:], "--force-shell-executor", "--shell-isolation", "--no-artifacts-to-source", "--no-color", "--ignore-predefined-vars", "GITLAB_CI", "--variable", "GITLAB_CI=true")
	for _, v := range g.variables {
		argv = append(argv, "--variable", v)
	}
	cmd := exec.Command(program[0], append(argv, args...)...)
	cmd.Dir = g.root
	cmd.Env = g.w.environ(t, g.home)
	if !g.without {
		for i, e := range cmd.Env {
			if path, ok := strings.CutPrefix(e, "PATH="); ok {
				cmd.Env[i] = "PATH=" + bin + ":" + path
			}
		}
	}
	out, err := cmd.CombinedOutput()
	if places := g.leaks(t, string(out)); len(places) > 0 {
		t.Errorf("a secret is in %s", strings.Join(places, ", "))
	}
	return string(out), err
}

// release runs the pipeline of a tag and returns how long it took.
func (g *gitlab) release(t *testing.T, tag string) (string, time.Duration) {
	t.Helper()
	start := time.Now()
	out, err := g.run(t, "--variable", "CI_COMMIT_TAG="+tag, "--unset-variable", "CI_COMMIT_BRANCH")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return out, time.Since(start)
}

func (g *gitlab) state(names ...string) string {
	return filepath.Join(append([]string{g.root, ".gitlab-ci-local"}, names...)...)
}

// artifacts is the folder with what a job gave.
func (g *gitlab) artifacts(job string) string { return g.state("artifacts", job) }

// leaks are the places where a secret is: what was printed, logged, kept, cached.
func (g *gitlab) leaks(t *testing.T, printed string) []string {
	t.Helper()
	var places []string
	if strings.Contains(printed, canary) {
		places = append(places, "what was printed")
	}
	for _, dir := range []string{"output", "artifacts", "cache"} {
		filepath.WalkDir(g.state(dir), func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && strings.Contains(read(t, name), canary) {
				places = append(places, name)
			}
			return nil
		})
	}
	return places
}

// share lets builds see the module cache of prefetch: gitlab-ci-local names a cache
// by its place in the list of the job as well, GitLab with a prefix does not.
func (g *gitlab) share(t *testing.T) {
	t.Helper()
	found, _ := filepath.Glob(g.state("cache", "0_*"))
	if len(found) == 0 {
		t.Fatal("prefetch kept no modules")
	}
	for _, dir := range found {
		name := filepath.Base(dir)
		if err := os.Symlink(name, g.state("cache", "1_"+name[2:])); err != nil {
			t.Fatal(err)
		}
	}
}

// component are the files of the components, for a repository that has them.
func component(t *testing.T, more map[string]string) map[string]string {
	t.Helper()
	for _, name := range []string{"go-env-check", "go-build", "go-release"} {
		more["templates/"+name+".yml"] = read(t, "../gitlab/templates/"+name+".yml")
	}
	return more
}

// example is an example's file with the words replaced that a test has to.
func example(t *testing.T, name string, replace ...string) string {
	t.Helper()
	text := read(t, "../gitlab/examples/"+name+"/.gitlab-ci.yml")
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("the example %s does not say %s", name, replace[i])
		}
		text = strings.ReplaceAll(text, replace[i], replace[i+1])
	}
	return text
}

// here makes a component's address one of the repository itself.
var here = []string{"go-release@1", "go-release@$CI_COMMIT_SHA"}

// One commit, released by GitLab, by Jenkins, and at a desk: the same bytes, made from
// the same plan; so do GitLab's older template and the examples.
func TestEngines(t *testing.T) {
	t.Parallel()
	programs(t)
	w := newWorld(t)
	targets := []string{"linux/amd64", "linux/arm64", "linux/loong64"}
	const folder = "downloads/demo/1.2.0/"

	// The component: keyless to one cloud, with keys to the other.
	root := w.project(t, component(t, map[string]string{".gitlab-ci.yml": `include:
  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/go-release@$CI_COMMIT_SHA
    inputs:
      goproxy: ` + w.modules + `
      reproduce: [linux/amd64]
      publish_to: ['` + ossStore + `', '` + cosStore + `']
      oidc_role: acs:ram::1000000000000001:role/releases
      oidc_provider: acs:ram::1000000000000001:oidc-provider/gitlab
`}), ".")
	g := w.gitlab(t, root, append([]string{"YINGZAO_OIDC_TOKEN=" + w.token}, w.keys[2:]...)...)
	w.asked.Store(0)
	_, cold := g.release(t, "v1.2.0")
	coldAsked := w.asked.Load()
	dist := filepath.Join(g.artifacts("yingzao-merge"), "dist")
	made := artifacts(t, dist)
	if len(made) != len(targets)+1 {
		t.Errorf("made %d files", len(made))
	}
	same(t, "OSS", published(w.oss, folder, made), made)
	same(t, "COS", published(w.cos, folder, made), made)
	desk := w.desk(t, root, "1.2.0", targets...)
	same(t, "a desk", artifacts(t, desk), made)
	if got, want := plan(t, dist), plan(t, desk); got != want || want == "" {
		t.Errorf("plan %s, at the desk %s", got, want)
	}
	if calls := w.sts.Calls(); len(calls) == 0 || calls[0].KeyID == "" {
		t.Errorf("nobody asked for a role: %v", calls)
	}
	if !strings.Contains(read(t, filepath.Join(dist, "manifest.json")), "reproduced_by") {
		t.Error("nothing was reproduced")
	}
	if coldAsked == 0 {
		t.Error("nobody asked for a module, so a second run proves nothing")
	}
	g.reports(t, "1.2.0")

	// Again, with what the first run kept.
	if err := os.RemoveAll(g.state("builds")); err != nil {
		t.Fatal(err)
	}
	g.share(t)
	w.asked.Store(0)
	_, warm := g.release(t, "v1.2.0")
	if n := w.asked.Load(); n != 0 {
		t.Errorf("the second run asked for modules %d times", n)
	}
	same(t, "second run", artifacts(t, dist), made)
	t.Logf("the whole pipeline, 8 jobs: cold %.1fs (%d module requests), warm %.1fs (0)", cold.Seconds(), coldAsked, warm.Seconds())
	caches := g.state("cache")

	// Jenkins, on several agents.
	t.Run("Jenkins", func(t *testing.T) {
		t.Parallel()
		needTools(t, "groovy", "setsid")
		dist := w.jenkins(t, root)
		same(t, "Jenkins", artifacts(t, dist), made)
		if got, want := plan(t, dist), plan(t, desk); got != want {
			t.Errorf("plan %s, at the desk %s", got, want)
		}
	})
	// The template for old GitLab, on the same sources, with keys alone.
	t.Run("legacy", func(t *testing.T) {
		t.Parallel()
		old := w.project(t, map[string]string{
			"ci/go-release.gitlab-ci.yml": read(t, "../gitlab/legacy/go-release.gitlab-ci.yml"),
			".gitlab-ci.yml": `include: {local: ci/go-release.gitlab-ci.yml}
variables:
  YINGZAO_GOPROXY: ` + w.modules + `
  YINGZAO_REPRODUCE: linux/arm64
  YINGZAO_PUBLISH_TO: ` + strings.ReplaceAll(ossStore+","+cosStore, "downloads", "legacy") + "\n",
		}, ".")
		g := w.gitlab(t, old, w.keys...)
		seedAll(t, caches, g)
		_, took := g.release(t, "v1.2.0")
		same(t, "legacy", artifacts(t, filepath.Join(g.artifacts("yingzao-merge"), "dist")), made)
		same(t, "OSS by keys", published(w.oss, "legacy/demo/1.2.0/", made), made)
		same(t, "COS by keys", published(w.cos, "legacy/demo/1.2.0/", made), made)
		t.Logf("legacy, build cache seeded: %.1fs", took.Seconds())
	})
	t.Run("failing check", func(t *testing.T) {
		t.Parallel()
		root := w.project(t, component(t, map[string]string{".gitlab-ci.yml": example(t, "minimal", append(here, "inputs:", "inputs:\n      goproxy: 'https://goproxy.cn;https://goproxy.io'")...)}), ".")
		g := w.gitlab(t, root, w.keys...)
		out, err := g.run(t, "--variable", "CI_COMMIT_TAG=v1.2.0")
		if err == nil || strings.Contains(out, "pipeline run prefetch") || strings.Contains(out, "pipeline run publish") {
			t.Errorf("%v: the pipeline went on\n%s", err, out)
		}
		suites, err := junit.IngestFile(filepath.Join(g.artifacts("yingzao-check"), "dist/reports/check.junit.xml"))
		if err != nil || !slices.ContainsFunc(suites, func(s junit.Suite) bool { return s.Totals.Failed > 0 }) {
			t.Errorf("the report of the failing check has no failure: %v", err)
		}
	})
	t.Run("examples", func(t *testing.T) {
		t.Parallel()
		t.Run("minimal", func(t *testing.T) {
			t.Parallel()
			text := example(t, "minimal", append(here, "downloads", "minimal")...)
			if n := strings.Count(text, "\n"); n > 6 {
				t.Errorf("the shortest file has %d lines", n)
			}
			root := w.project(t, component(t, map[string]string{".gitlab-ci.yml": text}), ".")
			g := w.gitlab(t, root, append(w.keys, "YINGZAO_GOPROXY="+w.modules)...)
			seedAll(t, caches, g)
			g.release(t, "v1.2.0")
			same(t, "minimal", published(w.oss, "minimal/demo/1.2.0/", made), made)
		})
		t.Run("monorepo", func(t *testing.T) {
			t.Parallel()
			store := t.TempDir()
			root := w.project(t, component(t, map[string]string{".gitlab-ci.yml": example(t, "monorepo", append(here, "/srv/releases", store)...)}), "api", "web")
			g := w.gitlab(t, root, "YINGZAO_GOPROXY="+w.modules)
			for _, name := range []string{"api", "web"} {
				seed(t, filepath.Join(caches, "yingzao-build-linux-amd64"), g, name+"-build-linux-amd64/"+name)
			}
			g.release(t, "api/v1.3.0")
			got := artifacts(t, filepath.Join(store, "api/1.3.0"))
			same(t, "api", got, artifacts(t, w.desk(t, filepath.Join(root, "api"), "1.3.0", "linux/amd64")))
			if _, err := os.Stat(filepath.Join(store, "web")); err == nil {
				t.Error("a tag of api published web")
			}
		})
		t.Run("native-loong64", func(t *testing.T) {
			t.Parallel()
			root := w.project(t, component(t, map[string]string{".gitlab-ci.yml": example(t, "native-loong64", append(here, "downloads", "native")...)}), ".")
			g := w.gitlab(t, root, "YINGZAO_GOPROXY="+w.modules, "YINGZAO_OIDC_TOKEN="+w.token)
			seed(t, filepath.Join(caches, "yingzao-build-linux-amd64"), g, "yingzao-build-linux-amd64")
			seed(t, filepath.Join(caches, "yingzao-build-linux-loong64"), g, "yingzao-build-native-linux-loong64-loongson")
			out, _ := g.release(t, "v1.2.0")
			if !strings.Contains(out, "yingzao-build-native: [linux/loong64,loongson]") {
				t.Error("the row with its own machine is not there")
			}
			want := artifacts(t, filepath.Join(g.artifacts("yingzao-merge"), "dist"))
			same(t, "COS without keys", published(w.cos, "native/demo/1.2.0/", want), want)
			if name := "demo_1.2.0_linux_loong64.tar.gz"; want[name] != made[name] || want[name] == "" {
				t.Error("the row on its own machine made other bytes")
			}
			if !slices.ContainsFunc(w.sts.Calls(), func(c bucket.STSCall) bool { return c.Provider == "gitlab" && c.KeyID != "" }) {
				t.Error("nobody asked for the role")
			}
		})
		t.Run("offline", func(t *testing.T) { w.offline(t, caches) })
	})
}

// offline runs the example without network, with a tool from a folder whose sum is
// pinned, and then with another sum.
func (w *world) offline(t *testing.T, caches string) {
	t.Parallel()
	if runtime.GOARCH != "amd64" {
		t.Skip("the example pins a sum for linux/amd64")
	}
	share, store := t.TempDir(), t.TempDir()
	tool := read(t, filepath.Join(bin, "yingzao"))
	write(t, filepath.Join(share, "yingzao_linux_amd64"), tool)
	zeros := strings.Repeat("0", 64)
	replace := []string{"/srv/yingzao", share, "/srv/releases", store}
	text := example(t, "offline", append(replace, zeros, fmt.Sprintf("%x", sha256.Sum256([]byte(tool))))...)
	root := w.project(t, map[string]string{".gitlab-ci.yml": text, "ci/go-release.yml": read(t, "../gitlab/templates/go-release.yml")}, ".")
	cmd := exec.Command(filepath.Join(w.goBin, "go"), "mod", "vendor")
	cmd.Dir = root
	cmd.Env = []string{"HOME=" + mirrortest.Home(t), "GOPROXY=" + w.modules, "GOFLAGS=-modcacherw", "GOTOOLCHAIN=local"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go mod vendor: %v\n%s", err, out)
	}
	commit(t, root)
	g := w.gitlab(t, root)
	g.without = true
	seed(t, filepath.Join(caches, "yingzao-build-linux-amd64"), g, "yingzao-build-linux-amd64")
	g.release(t, "v1.2.0")
	if len(artifacts(t, filepath.Join(store, "demo/1.2.0"))) != 2 {
		t.Error("not published")
	}

	write(t, filepath.Join(root, ".gitlab-ci.yml"), example(t, "offline", replace...))
	commit(t, root)
	out, err := g.run(t, "--variable", "CI_COMMIT_TAG=v1.2.1")
	if err == nil || !strings.Contains(out, "not run") || strings.Contains(out, "$ yingzao check") {
		t.Errorf("a tool with another sum: %v\n%s", err, out)
	}
	if left, _ := filepath.Glob(g.state("builds", "*", ".cache/yingzao/bin/*")); slices.ContainsFunc(left, func(name string) bool { return strings.Contains(name, "yingzao-check") }) {
		t.Errorf("left behind: %v", left)
	}
}

// reports checks what the jobs gave to GitLab.
func (g *gitlab) reports(t *testing.T, version string) {
	t.Helper()
	dir := filepath.Join(g.artifacts("yingzao-check"), "dist/reports")
	if _, err := junit.IngestFile(filepath.Join(dir, "check.junit.xml")); err != nil {
		t.Error(err)
	}
	var findings []any
	if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, "check.codequality.json"))), &findings); err != nil {
		t.Error(err)
	}
	dir = filepath.Join(g.artifacts("yingzao-publish"), "dist/reports")
	var links []map[string]string
	if err := json.Unmarshal([]byte(read(t, filepath.Join(dir, "links.json"))), &links); err != nil || len(links) < 2 {
		t.Errorf("links: %v, %v", links, err)
	}
	if env := read(t, filepath.Join(dir, "publish.env")); !strings.Contains(env, "YINGZAO_VERSION="+version+"\n") || strings.Count(env, "\n") > 20 {
		t.Errorf("variables for later jobs:\n%s", env)
	}
}

// seedAll gives a repository the build caches of another, so that the standard
// library is not compiled again and again.
func seedAll(t *testing.T, caches string, g *gitlab) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(caches, "yingzao-build-*"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no build caches in %s: %v", caches, err)
	}
	for _, dir := range found {
		seed(t, dir, g, filepath.Base(dir))
	}
}

// seed copies one cache to another name, or into a subfolder there.
func seed(t *testing.T, from string, g *gitlab, to string) {
	t.Helper()
	if err := os.CopyFS(g.state("cache", to), os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// The search for secrets finds one.
func TestLeaks(t *testing.T) {
	g := &gitlab{root: t.TempDir()}
	if places := g.leaks(t, "nothing"); len(places) > 0 {
		t.Error(places)
	}
	write(t, g.state("output", "job.log"), "x"+canary)
	write(t, g.state("artifacts", "job", "dist", "a"), canary)
	if places := g.leaks(t, canary); len(places) != 3 {
		t.Error(places)
	}
}

// gitlab-ci-local reads every file as GitLab would, checks it against GitLab's
// schema, and refuses what an input does not allow.
func TestGitLabInputs(t *testing.T) {
	t.Parallel()
	programs(t)
	w := &world{goBin: "/usr/bin"}
	for _, c := range []struct{ name, file, inputs, want string }{
		{"all of them", "go-release", "{job_prefix: a, runner: 'x y', stage_check: build, matrix: [{TARGET: [linux/arm64, linux/386], RUNNER: [kp]}], publish_to: [/srv/a], publish_when: always, merge_requests: true}", "a-build-native: [linux/386,kp]"},
		{"not published", "go-release", "{job_prefix: a}", "!a-publish"},
		{"never published", "go-release", "{publish_to: [/srv/a], publish_when: never}", "!yingzao-publish"},
		{"twice", "go-build", "{reproduce: [linux/amd64]}", "yingzao-verify"},
		{"not twice", "go-build", "{job_prefix: b}", "!b-verify"},
		{"no more rows", "go-build", "{targets: [linux/amd64]}", "!yingzao-build-native"},
		{"check", "go-env-check", "{profile: airgap, stage_check: build}", "yingzao-check"},
		{"an enum", "go-env-check", "{profile: home}", "is not in the list of allowed options"},
		{"a pattern", "go-build", "{job_prefix: 'A B'}", "does not match required regex"},
		{"a boolean", "go-build", "{offline: 'yes'}", "is not a boolean"},
		{"a list", "go-build", "{targets: linux/amd64}", "is not a array"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			write(t, filepath.Join(root, ".gitlab-ci.yml"), "include:\n  - local: templates/"+c.file+".yml\n    inputs: "+c.inputs+"\n")
			write(t, filepath.Join(root, "templates", c.file+".yml"), read(t, "../gitlab/templates/"+c.file+".yml"))
			git(t, root, "init", "-q", "-b", "main", ".")
			git(t, root, "remote", "add", "origin", "git@gitlab.test:infra/yingzao.git")
			commit(t, root)
			g := w.gitlab(t, root)
			out, err := g.run(t, "--list", "--variable", "CI_COMMIT_TAG=v1.0.0")
			refused := strings.Contains(c.want, " ") && !strings.Contains(c.want, ":")
			job, absent := strings.CutPrefix(c.want, "!")
			if !refused {
				job = "\n" + job // the list has it first on a line
			}
			if (err != nil) != refused || strings.Contains(out, job) == absent {
				t.Errorf("%v, want %q:\n%s", err, c.want, out)
			}
		})
	}
}
