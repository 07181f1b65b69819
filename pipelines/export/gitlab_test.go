package export

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/pipelines"
	"github.com/yingzao-dev/yingzao/pipelines/jenkins"
	"github.com/yingzao-dev/yingzao/pipelines/start"
)

// need skips without something, or fails where everything is required.
func need(t *testing.T, what string, there bool) {
	t.Helper()
	if there {
		return
	}
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatalf("this needs %s", what)
	}
	t.Skipf("this needs %s", what)
}

// site is a machine with an export on it, a go command, and no way out.
type site struct {
	dir, home, path string
	program         []string // gitlab-ci-local, in a network of its own where that is possible
}

func newSite(t *testing.T) *site {
	t.Helper()
	modules := os.Getenv("YINGZAO_GITLAB_CI_LOCAL")
	need(t, "YINGZAO_GITLAB_CI_LOCAL, a folder with node_modules", modules != "")
	need(t, "linux/amd64", runtime.GOOS == "linux" && runtime.GOARCH == "amd64")
	for _, tool := range []string{"git", "rsync", "bash"} {
		_, err := exec.LookPath(tool)
		need(t, tool, err == nil)
	}
	s := &site{home: mirrortest.Home(t)}
	s.program = []string{filepath.Join(modules, "node_modules", ".bin", "node"), filepath.Join(modules, "node_modules", "gitlab-ci-local", "dist", "index.js")}
	if exec.Command("unshare", "-n", "true").Run() == nil {
		s.program = append([]string{"unshare", "-n"}, s.program...)
	} else {
		t.Log("no network of its own: unshare -n is not allowed here")
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	s.path = filepath.Join(strings.TrimSpace(string(goroot)), "bin") + ":/usr/bin:/bin"

	program := filepath.Join(t.TempDir(), "yingzao")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "github.com/yingzao-dev/yingzao/cmd/yingzao")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	to, _ := target.Parse("linux/amd64")
	s.dir = filepath.Join(t.TempDir(), "export")
	if _, err := Write(context.Background(), params(t), Options{To: s.dir, Library: jenkins.Library, Binaries: []Binary{{to, program}}}); err != nil {
		t.Fatal(err)
	}
	return s
}

// commit makes a repository of a folder.
func (s *site) commit(t *testing.T, dir string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte(".gitlab-ci-local/\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"remote", "add", "origin", "git@gitlab.example:infra/yingzao.git"}, {"add", "-A"}, {"commit", "-qm", "first"}} {
		cmd := exec.Command("git", append([]string{"-c", "user.name=T", "-c", "user.email=t@example.cn"}, args...)...)
		cmd.Dir, cmd.Env = dir, []string{"HOME=" + s.home, "PATH=" + s.path}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// run runs the pipeline of a repository, or what args ask for.
func (s *site) run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	argv := append(s.program[1:len(s.program):len(s.program)], "--force-shell-executor", "--shell-isolation", "--no-artifacts-to-source", "--no-color",
		"--ignore-predefined-vars", "GITLAB_CI", "--variable", "GITLAB_CI=true")
	cmd := exec.Command(s.program[0], append(argv, args...)...)
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + s.home, "PATH=" + s.path, "LANG=C.UTF-8", "GOENV=off", "GOTOOLCHAIN=local", "GOPROXY=off"}
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%.1fs", time.Since(start).Seconds())
	return string(out)
}

// The exported component project, on a GitLab without a way out: its own pipeline
// passes, with the binary from the export's folder.
func TestExportedComponentTestsItself(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	dir := filepath.Join(t.TempDir(), "component")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(s.dir, "gitlab"))); err != nil {
		t.Fatal(err)
	}
	s.commit(t, dir)
	out := s.run(t, dir, "--variable", "YINGZAO_TOOL_URL=file://"+filepath.Join(s.dir, "bin"))
	dist := filepath.Join(dir, ".gitlab-ci-local", "artifacts", "yingzao-merge", "example", "dist")
	for _, target := range []string{"amd64", "arm64", "loong64"} {
		f, err := os.Open(filepath.Join(dist, "example_0.0.0_linux_"+target+".tar.gz"))
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		defer f.Close()
		to := filepath.Join(t.TempDir(), target)
		if err := archive.Extract(context.Background(), f, archive.TarGz, to, archive.Limits{}); err != nil {
			t.Fatal(err)
		}
		if target != runtime.GOARCH {
			continue
		}
		if got, err := exec.Command(filepath.Join(to, "example")).Output(); err != nil || string(got) != "hello from a verified build\n" {
			t.Errorf("%v: %s", err, got)
		}
	}

	// A project beside it, with the file that init writes and this template, publishes.
	store := filepath.Join(t.TempDir(), "store")
	project := s.project(t, start.Options{Template: []byte(read(t, s.dir, "gitlab/templates/go-release.yml")), Set: pipelines.Values{"targets": "linux/amd64", "publish_to": store}})
	s.run(t, project, "--variable", "YINGZAO_TOOL_URL=file://"+filepath.Join(s.dir, "bin"), "--variable", "CI_COMMIT_TAG=v1.0.0")
	read(t, store, "demo/1.0.0/manifest.json")

	// The file for old GitLab is valid, and has the targets that were asked for.
	old := s.project(t, start.Options{Legacy: true, Set: pipelines.Values{"targets": "linux/amd64,linux/loong64-abi1.0"}})
	jobs := s.run(t, old, "--list-json")
	for name, want := range map[string]bool{"yingzao-build: [linux/amd64,linux-amd64]": true, "yingzao-build: [linux/loong64-abi1.0,linux-loong64-abi1.0]": true, "arm64": false} {
		if strings.Contains(jobs, name) != want {
			t.Errorf("%s: %v in\n%s", name, !want, jobs)
		}
	}
}

// project makes a repository of a small program with what init writes for it.
func (s *site) project(t *testing.T, o start.Options) string {
	t.Helper()
	o.Params, o.Project.Module = params(t), "example.cn/team/demo"
	files, _, err := start.Files("gitlab", o)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range append(files, start.File{Name: "go.mod", Data: []byte("module example.cn/team/demo\n\ngo 1.21\n")}, start.File{Name: "main.go", Data: []byte("package main\n\nfunc main() {}\n")}) {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s.commit(t, dir)
	return dir
}
