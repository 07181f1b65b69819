//go:build unix

package workdir

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func sorted(s ...string) []string { slices.Sort(s); return s }

func TestUnsafeBases(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.Mkdir(at("good"), 0o700),
		os.Symlink(at("good"), at("link")),
		os.WriteFile(at("file"), nil, 0o600),
		os.Mkdir(at("group"), 0o700),
		os.Mkdir(at("others"), 0o700),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	chmod(t, at("group"), 0o770)
	chmod(t, at("others"), 0o701)
	bad := []string{"link", "file", "group", "others"}
	if os.Geteuid() == 0 {
		if err := os.Mkdir(at("foreign"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(at("foreign"), 65534, 65534); err != nil {
			t.Fatal(err)
		}
		bad = append(bad, "foreign")
	}
	for _, name := range bad {
		d, err := New(at(name))
		if err == nil {
			t.Errorf("%s: accepted", name)
			_ = d.Close()
			continue
		}
		if _, swept := Sweep(at(name)); swept == nil {
			t.Errorf("%s: swept", name)
		}
		if msg.Hint(err).IsZero() || msg.In(err, msg.Chinese) == err.Error() {
			t.Errorf("%s: no hint or no Chinese: %v", name, err)
		}
		t.Log(msg.In(err, msg.Chinese))
	}
	holds(t, at("good"))
}

func TestDefaultBase(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(os.TempDir(), "yingzao-"+userName()); filepath.Dir(d.Path()) != want {
		t.Errorf("%s is not in %s", d.Path(), want)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if n, err := Sweep(""); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// Root may remove what is in a read-only directory; people may not. So this
// runs as nobody when the test is root.
func TestReadOnlyDirectoriesAsOrdinaryUser(t *testing.T) {
	dir := t.TempDir()
	base := filepath.Join(dir, "base")
	if err := os.Mkdir(base, 0o700); err != nil {
		t.Fatal(err)
	}
	program := os.Args[0]
	drop := func(*exec.Cmd) {}
	if os.Geteuid() == 0 {
		const nobody = 65534
		program = filepath.Join(dir, "child")
		copyFile(t, os.Args[0], program)
		chmod(t, dir, 0o755)
		chmod(t, filepath.Dir(dir), 0o755)
		if err := os.Chown(base, nobody, nobody); err != nil {
			t.Fatal(err)
		}
		drop = func(c *exec.Cmd) {
			c.Path, c.Dir = program, dir
			c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
	}
	start(t, base, drop).signal(t, syscall.SIGKILL)
	p := start(t, base, drop) // sweeps the first
	holds(t, base, p.path)
	p.signal(t, syscall.SIGTERM)
	holds(t, base)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestErrorNamesTheBase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(filepath.Join(file, "base")); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("%v", err)
	}
}
