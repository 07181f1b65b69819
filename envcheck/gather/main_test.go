package gather

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a home and a project of a test's own.
type world struct {
	t         testing.TB
	home, dir string
	environ   []string
	patience  time.Duration
}

// newWorld has the go command of this machine on PATH, and nothing of its
// settings.
func newWorld(t testing.TB, environ ...string) *world {
	t.Helper()
	base := t.TempDir()
	w := &world{t: t, home: filepath.Join(base, "home"), dir: filepath.Join(base, "project"), patience: time.Minute}
	for _, d := range []string{w.home, w.dir} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	w.environ = append([]string{"HOME=" + w.home, "PATH=" + filepath.Dir(realGo(t)) + ":/usr/bin:/bin"}, environ...)
	return w
}

func realGo(t testing.TB) string {
	t.Helper()
	p, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// set replaces or adds variables.
func (w *world) set(environ ...string) *world {
	w.environ = append(w.environ, environ...)
	return w
}

func (w *world) unset(name string) *world {
	w.environ = slices.DeleteFunc(w.environ, func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
	return w
}

func (w *world) write(path, data string) string {
	w.t.Helper()
	if !filepath.IsAbs(path) {
		path = filepath.Join(w.dir, path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	// While another test starts a process, that one has what is open here for a moment,
	// and a program that somebody writes cannot be run.
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte(data), 0o755)
	syscall.ForkLock.RUnlock()
	if err != nil {
		w.t.Fatal(err)
	}
	return path
}

func (w *world) envFile(data string) string {
	return w.write(filepath.Join(w.home, ".config/go/env"), data)
}

// noTelemetry is for tests that run the go command as it is: in the background
// it would still write while the test's folders are taken away.
func (w *world) noTelemetry() {
	for _, config := range []string{".config", "config"} {
		w.write(filepath.Join(w.home, config, "go/telemetry/mode"), "off")
	}
}

func (w *world) look(files ...string) *envcheck.Snapshot {
	w.t.Helper()
	s, err := Snapshot(w.t.Context(), Options{Dir: w.dir, Environ: w.environ, Files: files, Patience: w.patience})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// tool is a program that may be absent.
func tool(t *testing.T, name string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatalf("%s is required: %v", name, err)
		}
		t.Skipf("%s is not installed", name)
	}
	return p
}

func notRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() == 0 {
		t.Skip("permissions do not bind root")
	}
}
