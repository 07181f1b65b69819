package e2e

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// canary is in every secret; nothing may ever show it.
const canary = "c4n4ry"

// bin is a folder with yingzao, for all tests, once build has been there.
var bin string

var build = sync.OnceValue(func() error {
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(bin, "yingzao"), "../../cmd/yingzao").CombinedOutput(); err != nil {
		return fmt.Errorf("build yingzao: %w\n%s", err, out)
	}
	return nil
})

func TestMain(m *testing.M) {
	var err error
	if bin, err = os.MkdirTemp("", "yingzao-e2e-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(bin)
	os.Exit(code)
}

// need skips or fails a test that lacks something.
func need(t *testing.T, what string, there bool) {
	t.Helper()
	switch {
	case there:
	case os.Getenv("YINGZAO_E2E") == "require":
		t.Fatalf("this needs %s, and YINGZAO_E2E=require asks for it", what)
	default:
		t.Skipf("this needs %s", what)
	}
}

func needTools(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		_, err := exec.LookPath(name)
		need(t, name+" on PATH", err == nil)
	}
}

// world is what surrounds a pipeline.
type world struct {
	goBin    string // the folder of the go command
	goCache  string // this machine's build cache, for what is not under test
	modules  string // GOPROXY
	asked    *atomic.Int64
	oss, cos *bucket.Server
	sts      *bucket.STS
	proxy    string   // leads to the clouds
	ca       string   // a file with their certificates
	keys     []string // NAME=VALUE of the stores' keys
	token    string   // of the pipeline's identity
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{asked: new(atomic.Int64), token: "eyJ" + canary + "token"}
	out, err := exec.Command("go", "env", "GOROOT", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(out), "\n")
	w.goBin, w.goCache = filepath.Join(lines[0], "bin"), lines[1]
	if err := build(); err != nil {
		t.Fatal(err)
	}
	w.modules = w.serveModules(t)
	ossKey := bucket.Credential{ID: "LTAI" + canary + "1", Secret: canary + "osssecret"}
	cosKey := bucket.Credential{ID: "AKID" + canary + "2", Secret: canary + "cossecret"}
	w.oss = bucket.New(t, bucket.Options{TLS: true, Keys: []bucket.Credential{ossKey}})
	w.cos = bucket.New(t, bucket.Options{TLS: true, Dialect: bucket.COS, Keys: []bucket.Credential{cosKey}})
	w.sts = bucket.NewSTS(t, bucket.STSOptions{Token: w.token}, w.oss, w.cos)
	w.keys = []string{"OSS_ACCESS_KEY_ID=" + ossKey.ID, "OSS_ACCESS_KEY_SECRET=" + ossKey.Secret, "TENCENTCLOUD_SECRET_ID=" + cosKey.ID, "TENCENTCLOUD_SECRET_KEY=" + cosKey.Secret}
	w.ca = filepath.Join(t.TempDir(), "ca.pem")
	write(t, w.ca, string(w.oss.CA())+string(w.cos.CA()))
	w.proxy = w.serveProxy(t)
	return w
}

// serveModules is a module proxy with one module, which counts what it is asked.
func (w *world) serveModules(t *testing.T) string {
	files := map[string]string{"go.mod": "module example.cn/dep\n\ngo 1.26\n", "dep.go": "// Package dep greets.\npackage dep\n\n// Greeting is said first.\nconst Greeting = \"hello\"\n"}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"go.mod", "dep.go"} {
		f, err := z.Create("example.cn/dep@v1.0.0/" + name)
		if err == nil {
			_, err = io.WriteString(f, files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{".info": `{"Version":"v1.0.0","Time":"2026-01-02T03:04:05Z"}`, ".mod": files["go.mod"], ".zip": b.String()}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.asked.Add(1)
		if rest, ok := strings.CutPrefix(r.URL.Path, "/example.cn/dep/@v/v1.0.0"); ok && answers[rest] != "" {
			fmt.Fprint(rw, answers[rest])
			return
		}
		http.NotFound(rw, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// serveProxy is an HTTP proxy that knows the way to the two clouds. Whoever asks
// for anything else fails the test.
func (w *world) serveProxy(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.Host)
		var to string
		switch {
		case r.Method != http.MethodConnect:
		case strings.HasSuffix(host, ".aliyuncs.com"):
			to = w.oss.Addr()
		case strings.HasSuffix(host, ".myqcloud.com"), strings.HasSuffix(host, ".tencentcloudapi.com"):
			to = w.cos.Addr()
		}
		if to == "" {
			t.Errorf("a job asked for %s %s", r.Method, r.Host)
			http.Error(rw, "not from here", http.StatusForbidden)
			return
		}
		far, err := net.Dial("tcp", to)
		if err != nil {
			http.Error(rw, "gone", http.StatusBadGateway)
			return
		}
		defer far.Close()
		rw.WriteHeader(http.StatusOK)
		near, buffered, err := rw.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer near.Close()
		var both sync.WaitGroup
		both.Go(func() { io.Copy(far, buffered); far.(*net.TCPConn).CloseWrite() })
		both.Go(func() { io.Copy(near, far); near.(*net.TCPConn).CloseWrite() })
		both.Wait()
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// environ is the whole environment of a job's machine.
func (w *world) environ(t *testing.T, home string, more ...string) []string {
	path := []string{w.goBin, "/usr/local/bin", "/usr/bin", "/bin"}
	return append([]string{
		"HOME=" + home, "PATH=" + strings.Join(path, ":"), "LANG=C.UTF-8", "GOTOOLCHAIN=local",
		"HTTPS_PROXY=" + w.proxy, "SSL_CERT_FILE=" + w.ca,
	}, more...)
}

// project makes a repository with one commit. A program in dir says hello and has
// a dependency.
func (w *world) project(t *testing.T, files map[string]string, dirs ...string) string {
	t.Helper()
	root := t.TempDir()
	write(t, filepath.Join(root, ".gitignore"), "dist/\n.gitlab-ci-local/\n")
	for _, dir := range dirs {
		name := "demo"
		if dir != "." {
			name = dir
		}
		write(t, filepath.Join(root, dir, "go.mod"), "module example.cn/team/"+name+"\n\ngo 1.26\n\nrequire example.cn/dep v1.0.0\n")
		write(t, filepath.Join(root, dir, "main.go"), "package main\n\nimport \"example.cn/dep\"\n\nfunc main() { println(dep.Greeting, \""+name+"\") }\n")
		cmd := exec.Command(filepath.Join(w.goBin, "go"), "mod", "tidy")
		cmd.Dir = filepath.Join(root, dir)
		cmd.Env = []string{"HOME=" + mirrortest.Home(t), "GOPROXY=" + w.modules, "GONOSUMDB=example.cn", "GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "GOCACHE=" + w.goCache}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go mod tidy: %v\n%s", err, out)
		}
	}
	for name, text := range files {
		write(t, filepath.Join(root, filepath.FromSlash(name)), text)
	}
	git(t, root, "init", "-q", "-b", "main", ".")
	git(t, root, "remote", "add", "origin", "git@gitlab.test:infra/yingzao.git")
	git(t, root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	commit(t, root)
	return root
}

func commit(t *testing.T, root string) {
	t.Helper()
	git(t, root, "add", "-A")
	git(t, root, "commit", "-q", "-m", "a commit")
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=T", "GIT_AUTHOR_EMAIL=t@example.cn", "GIT_COMMITTER_NAME=T",
		"GIT_COMMITTER_EMAIL=t@example.cn", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// desk makes the release in one go, as on a desk, and returns its dist folder.
func (w *world) desk(t *testing.T, root, version string, targets ...string) string {
	t.Helper()
	home, dist := mirrortest.Home(t), filepath.Join(t.TempDir(), "dist")
	args := []string{"release", "--dir", root, "--dist", dist, "--version", version}
	for _, target := range targets {
		args = append(args, "--target", target)
	}
	cmd := exec.Command(filepath.Join(bin, "yingzao"), args...)
	cmd.Env = w.environ(t, home, "GOPROXY="+w.modules, "GOCACHE="+w.goCache, "GOMODCACHE="+filepath.Join(home, "mod"), "GOFLAGS=-modcacherw")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("release at a desk: %v\n%s", err, out)
	}
	t.Cleanup(func() { exec.Command("chmod", "-R", "u+w", home).Run() })
	return dist
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// artifacts are the files that SHA256SUMS lists, and itself, by name.
func artifacts(t *testing.T, dist string) map[string]string {
	t.Helper()
	sums := read(t, filepath.Join(dist, "SHA256SUMS"))
	all := map[string]string{"SHA256SUMS": sums}
	for line := range strings.Lines(sums) {
		name := strings.Fields(line)[1]
		all[name] = read(t, filepath.Join(dist, name))
	}
	return all
}

// same compares artifacts of two releases, byte for byte.
func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: %s has other bytes, or is not there", what, name)
		}
	}
	if len(got) != len(want) || len(want) < 2 {
		t.Errorf("%s: %d files, want %d", what, len(got), len(want))
	}
}

// published are the artifacts of a version in a bucket, by name.
func published(s *bucket.Server, folder string, like map[string]string) map[string]string {
	all := map[string]string{}
	for key, o := range s.Objects() {
		if name, ok := strings.CutPrefix(key, folder); ok && like[name] != "" {
			all[name] = string(o.Content)
		}
	}
	return all
}
