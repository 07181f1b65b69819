package jenkins_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// key signs in the test; nothing may ever print it.
var key = bucket.Credential{ID: "LTAIcanarycanary0001", Secret: "canary0secret0canary0secret"}

// site is what the builds share: a repository, a store, yingzao, and a desk where the
// same commits are released by hand.
type site struct {
	repo, home, bin, desk string
	env                   []string // of git, go and yingzao, everywhere
	vars                  map[string]string
	store                 *bucket.Server
	commits               map[string]string
}

const storeURL = "oss://releases/downloads?region=cn-hangzhou"

func newSite(t *testing.T) *site {
	t.Helper()
	groovy(t) // or skip
	dir := t.TempDir()
	s := &site{repo: filepath.Join(dir, "repo"), home: filepath.Join(dir, "jenkins"), bin: filepath.Join(dir, "bin"), desk: filepath.Join(dir, "desk"), commits: map[string]string{}}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	caches := strings.Split(run(t, ".", os.Environ(), goTool, "env", "GOCACHE", "GOMODCACHE", "GOROOT"), "\n")
	run(t, ".", os.Environ(), goTool, "build", "-o", filepath.Join(s.bin, "yingzao_linux_"+runtime.GOARCH), "github.com/yingzao-dev/yingzao/cmd/yingzao")

	s.store = bucket.New(t, bucket.Options{TLS: true, Keys: []bucket.Credential{key}})
	ca := filepath.Join(dir, "ca.pem")
	write(t, ca, string(s.store.CA()))
	s.vars = map[string]string{
		"PATH": filepath.Dir(goTool) + ":/usr/bin:/bin", "HOME": mirrortest.Home(t), "LANG": "C",
		"GOROOT": caches[2], "GOENV": "off", "GOPROXY": "off", "GOTOOLCHAIN": "local",
		"GIT_CONFIG_GLOBAL": filepath.Join(dir, "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
		"HTTP_PROXY": s.store.ProxyURL(), "HTTPS_PROXY": s.store.ProxyURL(), "SSL_CERT_FILE": ca,
	}
	write(t, s.vars["GIT_CONFIG_GLOBAL"], "[user]\n\tname = T\n\temail = t@example.cn\n[init]\n\tdefaultBranch = main\n[safe]\n\tdirectory = *\n")
	for k, v := range s.vars {
		s.env = append(s.env, k+"="+v)
	}
	// The agents share the build cache of this machine: it is not what is tested.
	cache := filepath.Join(s.home, "cache")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"build", "mod"} {
		if err := os.Symlink(caches[i], filepath.Join(cache, name)); err != nil {
			t.Fatal(err)
		}
	}
	s.commit(t, "good", map[string]string{
		"go.mod":                  "module example.cn/team/demo\n\ngo 1.26\n",
		"main.go":                 "package main\n\nimport (\n\t\"embed\"\n\t\"os\"\n)\n\n//go:embed all:assets\nvar assets embed.FS\n\nfunc main() {\n\tb, _ := assets.ReadFile(\"assets/.gitattributes\")\n\tos.Stdout.Write(b)\n\textra()\n}\n",
		"extra.go":                "package main\n\nfunc extra() {}\n",
		"assets/.gitattributes":   "# Ant leaves this out of its own accord\n",
		"assets/notes~":           "and this\n",
		"LICENSE":                 "free\n",
		"app/go.mod":              "module example.cn/team/app\n\ngo 1.26\n",
		"app/main.go":             "package main\n\nfunc main() { print(\"app\") }\n",
		"app/docs/notes/README~1": "kept\n",
	})
	// A file that a stale workspace would still have does not compile with this one.
	s.commit(t, "moved", map[string]string{"extra.go": "", "more.go": "package main\n\nfunc extra() {}\n"})
	s.commit(t, "broken", map[string]string{"broken_arm64.go": "package main\n\nvar broken int = \"no\"\n"})
	return s
}

// commit changes files of the repository; "" deletes one.
func (s *site) commit(t *testing.T, name string, files map[string]string) {
	t.Helper()
	if len(s.commits) == 0 {
		if err := os.MkdirAll(s.repo, 0o755); err != nil {
			t.Fatal(err)
		}
		run(t, s.repo, s.env, "git", "init", "-q")
	}
	for file, text := range files {
		path := filepath.Join(s.repo, file)
		if text == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		write(t, path, text)
	}
	run(t, s.repo, s.env, "git", "add", "-A", "-f")
	run(t, s.repo, s.env, "git", "commit", "-qm", name)
	s.commits[name] = run(t, s.repo, s.env, "git", "rev-parse", "HEAD")
}

// release makes the release of a commit at a desk and gives its folder.
func (s *site) release(t *testing.T, commit, dir string, args ...string) string {
	t.Helper()
	clone := filepath.Join(s.desk, commit+"-"+filepath.Base(dir))
	run(t, ".", s.env, "git", "clone", "-q", s.repo, clone)
	run(t, clone, s.env, "git", "checkout", "-q", s.commits[commit])
	env := append(slices.Clone(s.env), "GOCACHE="+filepath.Join(s.home, "cache", "build"), "GOMODCACHE="+filepath.Join(s.home, "cache", "mod"))
	run(t, filepath.Join(clone, dir), env, filepath.Join(s.bin, "yingzao_linux_"+runtime.GOARCH), append([]string{"release", "--no-publish"}, args...)...)
	return filepath.Join(clone, dir, "dist")
}

// build is a build of a commit on two agents for linux and two of Loongson.
func (s *site) build(commit, jenkinsfile string) scenario {
	env := map[string]string{}
	for k, v := range s.vars {
		env[k] = v
	}
	return scenario{
		Name: "demo", Jenkinsfile: "@Library('yingzao') _\n" + jenkinsfile, SCM: map[string]string{"url": s.repo, "commit": s.commits[commit]}, Env: env,
		Agents: []agent{{Name: "a", Labels: []string{"linux"}}, {Name: "b", Labels: []string{"linux"}}, {Name: "l 1", Labels: []string{"loongson"}}, {Name: "l 2", Labels: []string{"loongson"}}},
		Credentials: []map[string]any{
			{"id": "oss", "username": key.ID, "password": key.Secret},
			{"id": "token", "secret": "canary0token"},
			{"id": "kube", "content": "kubeconfig"},
		},
		// Agents are two folders deep below the home, workspaces two more.
		Parameters: map[string]string{"YINGZAO_CACHE_DIR": "../../../../cache", "YINGZAO_PROFILE": "default"},
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// sameAsDesk compares what Jenkins archived with a desk's folder, file by file.
func sameAsDesk(t *testing.T, o outcome, below, desk string) {
	t.Helper()
	n := 0
	for _, line := range strings.Split(strings.TrimSpace(string(read(t, filepath.Join(desk, "SHA256SUMS")))), "\n") {
		_, name, _ := strings.Cut(line, "  ")
		got, want := o.archived(t, below+"dist/"+name), read(t, filepath.Join(desk, name))
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %x in Jenkins, %x at the desk", name, sha256.Sum256(got), sha256.Sum256(want))
		}
		n++
	}
	if n == 0 {
		t.Error("nothing to compare")
	}
	if !bytes.Equal(o.archived(t, below+"dist/SHA256SUMS"), read(t, filepath.Join(desk, "SHA256SUMS"))) {
		t.Error("SHA256SUMS differ")
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Builds of one job, one after the other, as an ordinary week of a project.
func TestReleases(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs real builds")
	}
	s := newSite(t)
	runners := "runner: 'linux', runners: ['linux/loong64': 'loongson']"
	publish := fmt.Sprintf("publishTo: '%s', credentialsId: 'oss'", storeURL)
	sum := fmt.Sprintf("%x", sha256.Sum256(read(t, filepath.Join(s.bin, "yingzao_linux_"+runtime.GOARCH))))

	released := s.build("good", fmt.Sprintf("goRelease %s, %s, reproduce: ['linux/amd64'], toolUrl: '%s', toolSha256: ['linux/%s': '%s']", runners, publish, s.bin, runtime.GOARCH, sum))
	released.Tag = "v1.2.3"
	moved := s.build("moved", fmt.Sprintf("goRelease(%s, %s) { checkout scm }", runners, publish))
	broken := s.build("broken", "goRelease "+runners)
	killed := s.build("moved", "goRelease "+runners+", version: '1.2.4'")
	killed.Faults = []fault{{"l 1", `^\$ yingzao release build`, "agent"}, {"b", `^\$ yingzao release build`, "process"}}
	app := s.build("good", "goRelease dir: './app/', version: '1.0.0', targets: ['linux/amd64']")
	app.Name = "app"
	failing := s.build("good", "goRelease goproxy: 'https://goproxy.cn;https://goproxy.io'")
	wrongSum := s.build("good", fmt.Sprintf("goEnvCheck toolUrl: '%s', toolSha256: ['linux/%s': '%064d']", s.bin, runtime.GOARCH, 7))
	wrongSum.Parameters["YINGZAO_CACHE_DIR"] = ".cache/yingzao"
	windows := s.build("good", "goEnvCheck goproxy: 'https://goproxy.cn;https://goproxy.io'")
	windows.Agents = []agent{{Name: "w", Windows: s.cmd(t)}}
	noTarget := s.build("good", "goRelease runners: ['linux/loong46': 'loongson']")
	for _, other := range []*scenario{&moved, &broken, &killed, &app, &failing, &windows, &noTarget} {
		other.Env["PATH"] = s.onPath(t) + ":" + other.Env["PATH"]
	}
	unknown := s.build("good", "goRelease "+strings.Replace(publish, "'oss'", "'aliyun'", 1))
	unknown.Tag = "v1.2.3"
	several := s.build("good", "goRelease publishTo: ['oss://releases/x?region=cn-hangzhou', 'cos://releases-1/x', '/srv/x'], credentialsId: [oss: 'oss', cos: 'tencent'], publishWhen: 'always'")
	keyless := s.build("good", "goRelease publishTo: 'oss://releases/x', oidcRole: 'role', credentialsId: 'token'")
	keyless.Tag = "v1.2.3"
	misspelled := s.build("good", "goRelease publish_too: 'oss://releases/x'")
	noValue := s.build("good", "goRelease targets: ['linux/amd64,linux/arm64']")
	outside := s.build("good", "goRelease dir: '../other'")
	plain := s.build("good", steps)

	all := play(t, s.home, []scenario{released, moved, broken, killed, app, failing, wrongSum, windows, unknown, several, keyless, noTarget, misspelled, noValue, outside, plain})
	next := func() (o outcome) { o, all = all[0], all[1:]; return o }

	t.Run("released on several agents", func(t *testing.T) {
		o := next()
		if o.Result != "SUCCESS" {
			t.Fatalf("%s: %s", o.Result, o.log)
		}
		sameAsDesk(t, o, "", s.release(t, "good", ".", "--version", "1.2.3"))
		if got := o.ran("linux/loong64", "yingzao pipeline run build"); len(got) != 1 || !strings.HasPrefix(got[0], "l ") {
			t.Errorf("loong64 was built on %v", got)
		}
		amd, arm := o.ran("linux/amd64", "yingzao pipeline run build"), o.ran("linux/arm64", "yingzao pipeline run build")
		if len(amd) != 1 || len(arm) != 1 || amd[0] == arm[0] {
			t.Errorf("two targets on two agents: %v, %v", amd, arm)
		}
		if again := o.ran("linux/amd64", "yingzao pipeline run verify"); len(again) != 1 || slices.Equal(again, amd) {
			t.Errorf("built on %v and again on %v", amd, again)
		}
		if !strings.Contains(string(o.archived(t, "dist/manifest.json")), "reproduced_by") {
			t.Error("the manifest does not know of the second build")
		}
		if o.Tests == 0 || o.Failures != 0 || o.Fingerprints["dist/SHA256SUMS"] == "" {
			t.Errorf("tests %d, failures %d, fingerprints %v", o.Tests, o.Failures, o.Fingerprints)
		}
		for _, name := range o.Artifacts {
			if strings.HasPrefix(name, "dist/parts/") || strings.HasPrefix(name, "dist/again/") {
				t.Errorf("%s is no artifact", name)
			}
		}
		for _, name := range []string{"demo/1.2.3/SHA256SUMS", "demo/1.2.3/demo_1.2.3_linux_loong64.tar.gz", "demo/latest.json"} {
			if _, ok := s.store.Objects()["downloads/"+name]; !ok {
				t.Errorf("the store has no %s", name)
			}
		}
		if got := s.store.Objects()["downloads/demo/1.2.3/SHA256SUMS"]; !bytes.Equal(got.Content, o.archived(t, "dist/SHA256SUMS")) {
			t.Error("other sums were published than archived")
		}
		o.said(t, "Lock acquired on [Resource: yingzao "+storeURL+"]", "Masking supported pattern matches of $OSS_ACCESS_KEY_ID or $OSS_ACCESS_KEY_SECRET")
	})
	t.Run("a branch, in used workspaces", func(t *testing.T) {
		o := next()
		if o.Result != "SUCCESS" || strings.Contains(o.log, "(publish)") || len(s.store.Objects()) == 0 {
			t.Errorf("%s: %s", o.Result, o.log)
		}
	})
	t.Run("a branch that does not compile", func(t *testing.T) {
		o := next()
		o.said(t, "Failed in branch linux/arm64", "ERROR: yingzao pipeline run build: script returned exit code 1", "Finished: FAILURE")
		if got := o.ran("linux/arm64", "yingzao pipeline run build"); len(got) != 1 {
			t.Errorf("what cannot compile was tried on %v", got)
		}
		if len(o.ran("", "yingzao pipeline run merge")) != 0 {
			t.Error("merged all the same")
		}
	})
	t.Run("an agent is lost, a build is killed", func(t *testing.T) {
		o := next()
		if o.Result != "SUCCESS" {
			t.Fatalf("%s: %s", o.Result, o.log)
		}
		sameAsDesk(t, o, "", s.release(t, "moved", ".", "--version", "1.2.4"))
		if got := o.ran("linux/loong64", "yingzao pipeline run build"); !slices.Equal(got, []string{"l 1", "l 2"}) {
			t.Errorf("loong64 was built on %v", got)
		}
		o.said(t, "l 1 was marked offline", "ERROR: yingzao pipeline run build: script returned exit code 137\n", "Retrying")
	})
	t.Run("a project in a folder", func(t *testing.T) {
		o := next()
		if o.Result != "SUCCESS" {
			t.Fatalf("%s: %s", o.Result, o.log)
		}
		sameAsDesk(t, o, "app/", s.release(t, "good", "app", "--version", "1.0.0", "--target", "linux/amd64"))
	})
	t.Run("a failing check keeps its report", func(t *testing.T) {
		o := next()
		o.said(t, "ERROR: yingzao pipeline run check: script returned exit code 3", "Finished: FAILURE")
		if o.Failures == 0 || !slices.Contains(o.Artifacts, "dist/reports/check.junit.xml") || len(o.ran("", "yingzao pipeline run prefetch")) != 0 {
			t.Errorf("failures %d, artifacts %v", o.Failures, o.Artifacts)
		}
	})
	t.Run("a download with another sum", func(t *testing.T) {
		o := next()
		o.said(t, "the sum is "+sum, "not run", "ERROR: yingzao pipeline run check: script returned exit code 1", "Finished: FAILURE")
	})
	t.Run("Windows", func(t *testing.T) {
		o := next()
		o.said(t, "ERROR: yingzao pipeline run check: script returned exit code 3")
		if o.Failures == 0 {
			t.Error("the report is lost")
		}
	})
	t.Run("unknown credentials", func(t *testing.T) {
		for _, id := range []string{"aliyun", "tencent"} {
			o := next()
			o.said(t, "ERROR: Could not find credentials entry with ID '"+id+"'")
			if len(o.Nodes) != 0 {
				t.Error("something was built before")
			}
		}
	})
	t.Run("with an identity, and without yingzao", func(t *testing.T) {
		o := next()
		if o.Tests != 0 || len(o.Artifacts) != 0 {
			t.Error("an earlier build's report was taken for this one's")
		}
		o.said(t, "Masking supported pattern matches of $YINGZAO_OIDC_TOKEN", "yingzao: it is not on PATH: put it into the image, or set tool_url and tool_sha256, or tool_version", "ERROR: yingzao pipeline run check: script returned exit code 1")
	})
	t.Run("a machine for no target", func(t *testing.T) {
		o := next()
		o.said(t, "ERROR: runners: linux/loong46 is no target of this release (linux/amd64, linux/arm64, linux/loong64) / runners：linux/loong46 ")
		if len(o.Nodes) != 1 {
			t.Error("something was built before")
		}
	})
	t.Run("parameters that cannot be", func(t *testing.T) {
		for _, want := range []string{
			"ERROR: unknown parameter 'publish_too', did you mean 'publishTo'? / 未知的参数 'publish_too'，您是不是想写 'publishTo'？",
			"ERROR: targets: give a text, true or false, a list of texts without commas, or a map of such / targets：",
			"ERROR: dir: '../other' is no folder below the repository / dir：",
		} {
			o := next()
			o.said(t, want)
			if len(o.Nodes) != 0 {
				t.Error("something was run before")
			}
		}
	})
	t.Run("the small Jenkins itself", func(t *testing.T) {
		o := next()
		o.said(t, said...)
		if o.Leaks != 6 || strings.Contains(o.log, "canary") {
			t.Errorf("%d lines with secrets; %s", o.Leaks, o.log)
		}
	})
	t.Run("no secret anywhere", func(t *testing.T) {
		for _, name := range []string{"jenkins/builds", "jenkins/agents"} {
			noCanary(t, filepath.Join(filepath.Dir(s.home), name))
		}
	})
}

// onPath is a folder with yingzao under its own name.
func (s *site) onPath(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(s.bin, "path")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(s.bin, "yingzao_linux_"+runtime.GOARCH), filepath.Join(dir, "yingzao")); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	return dir
}

// cmd stands for Windows' own: it wants the line ends that batch files need, and runs
// the last line. What is before it was run by hand under wine.
func (s *site) cmd(t *testing.T) string {
	t.Helper()
	path := filepath.Join(s.bin, "cmd")
	write(t, path, "#!/bin/sh\n[ \"$(wc -l <\"$1\")\" = \"$(grep -c \"$(printf '\\r')\\$\" \"$1\")\" ] || exit 9\nPATH=$PATH:"+s.onPath(t)+"\neval \"$(tail -n 1 \"$1\" | tr -d '\\r')\"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func noCanary(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte("canary")) {
			t.Errorf("%s has a secret", path)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Error(files, err)
	}
}
