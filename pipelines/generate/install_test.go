package generate

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// job is a job's folder with a store of binaries beside it.
type job struct {
	dir, store string
}

func newJob(t *testing.T) *job {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("the binary's name is known for Linux on two processors")
	}
	j := &job{dir: t.TempDir(), store: t.TempDir()}
	return j
}

// put lays a binary into the store and returns its sum.
func (j *job) put(t *testing.T, text string) string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(j.store, "yingzao_linux_"+runtime.GOARCH), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func (j *job) run(shell string, env ...string) (string, error) {
	args := append(strings.Fields(shell)[1:], "-c", "set -e\n"+Install+"\nyingzao version\n")
	cmd := exec.Command(strings.Fields(shell)[0], args...)
	cmd.Dir = j.dir
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "HOME=" + j.dir}, env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func shells(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, s := range []string{"dash", "bash", "busybox sh"} {
		if _, err := exec.LookPath(strings.Fields(s)[0]); err == nil {
			all = append(all, s)
		} else if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatalf("there is no %s", s)
		}
	}
	if len(all) == 0 {
		skip(t, "there is no shell")
	}
	return all
}

const fake = "#!/bin/sh\necho real yingzao\n"

func TestInstall(t *testing.T) {
	for _, shell := range shells(t) {
		j := newJob(t)
		url, sum := "YINGZAO_TOOL_URL=file://"+j.store, j.put(t, fake)
		pin := "YINGZAO_TOOL_SHA256=linux/riscv64=" + strings.Repeat("0", 64) + ",linux/" + runtime.GOARCH + "=" + sum

		out, err := j.run(shell)
		if err == nil || !strings.Contains(out, "tool_url and tool_sha256, or tool_version") {
			t.Errorf("%s: nothing to bring it from: %v\n%s", shell, err, out)
		}
		if out, err = j.run(shell, url); err == nil || !strings.Contains(out, "no sum is pinned") || strings.Contains(out, "real yingzao") {
			t.Errorf("%s: no pin: %v\n%s", shell, err, out)
		}
		if out, err = j.run(shell, url, pin); err != nil || out != "real yingzao\n" {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
		// From the cache: the store may be gone, and a changed cache is not believed.
		if err := os.Rename(j.store, j.store+"-gone"); err != nil {
			t.Fatal(err)
		}
		if out, err = j.run(shell, url, pin); err != nil || out != "real yingzao\n" {
			t.Errorf("%s: from the cache: %v\n%s", shell, err, out)
		}
		cached := filepath.Join(j.dir, ".cache", "yingzao", "bin", "yingzao")
		if err := os.WriteFile(cached, []byte("#!/bin/sh\necho evil\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if out, err = j.run(shell, url, pin); err == nil || strings.Contains(out, "evil") {
			t.Errorf("%s: a changed cache was run: %v\n%s", shell, err, out)
		}
		if err := os.Rename(j.store+"-gone", j.store); err != nil {
			t.Fatal(err)
		}
		// Another file than the pinned one is never run and does not stay.
		j.put(t, "#!/bin/sh\necho evil\n")
		if err := os.Remove(cached); err != nil {
			t.Fatal(err)
		}
		if out, err = j.run(shell, url, pin); err == nil || !strings.Contains(out, "not run") || strings.Contains(out, "\nevil") {
			t.Errorf("%s: wrong sum: %v\n%s", shell, err, out)
		}
		left, err := filepath.Glob(filepath.Join(filepath.Dir(cached), "*"))
		if err != nil || len(left) > 0 {
			t.Errorf("%s: left behind: %v", shell, left)
		}
		if out, err = j.run(shell, "YINGZAO_TOOL_URL=http://127.0.0.1:1/x", pin); err == nil || !strings.Contains(out, "yingzao:") {
			t.Errorf("%s: dead store: %v\n%s", shell, err, out)
		}
	}
}

// GitLab hands over a list as JSON, and over HTTP is how most sites have the
// binary. git does not see what was brought.
func TestInstallInGitLab(t *testing.T) {
	for _, shell := range shells(t) {
		j := newJob(t)
		server := httptest.NewServer(http.FileServer(http.Dir(j.store)))
		defer server.Close()
		pins := `YINGZAO_TOOL_SHA256=["linux/riscv64=` + strings.Repeat("0", 64) + `","linux/` + runtime.GOARCH + "=" + j.put(t, fake) + `"]` + "\n"
		url := "YINGZAO_TOOL_URL=file://" + j.store
		if _, err := exec.LookPath("curl"); err == nil {
			url = "YINGZAO_TOOL_URL=" + server.URL + "/"
		}
		if out, err := j.run(shell, url, pins, "YINGZAO_CACHE_DIR=.cache/y"); err != nil || out != "real yingzao\n" {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
		if b, err := os.ReadFile(filepath.Join(j.dir, ".cache/y/.gitignore")); err != nil || string(b) != "*\n" {
			t.Errorf("%s: git sees the cache: %q, %v", shell, b, err)
		}
		if out, err := newJob(t).run(shell, url, "YINGZAO_TOOL_SHA256=[]\n"); err == nil || !strings.Contains(out, "no sum is pinned") {
			t.Errorf("%s: an empty list: %v\n%s", shell, err, out)
		}
	}
}
