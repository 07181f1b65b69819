package goenv

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// realGo returns the go command and its GOROOT, untouched by this machine's
// settings.
func realGo(t testing.TB) (exe, goroot string) {
	t.Helper()
	exe, err := exec.LookPath("go")
	if err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatal("no go command in PATH")
		}
		t.Skip("no go command in PATH")
	}
	out, errOut, err := runGo(t.TempDir(), exe, []string{"HOME=" + quietHome(t, t.TempDir()), "GOENV=off", "GOTOOLCHAIN=local"}, "env", "GOROOT", "GOVERSION")
	if err != nil {
		t.Fatal(err, errOut)
	}
	lines := strings.Split(out, "\n")
	if !strings.HasPrefix(lines[1], "go1.26") {
		t.Logf("the rules are those of Go 1.26; this is %s", lines[1])
	}
	return filepath.Join(lines[0], "bin", "go"+filepath.Ext(exe)), lines[0]
}

// quietHome makes a home in which go keeps no telemetry: its counters are written
// by a process that may outlive the test.
func quietHome(t testing.TB, home string) string {
	write(t, filepath.Join(home, ".config/go/telemetry/mode"), "off\n")
	write(t, filepath.Join(home, "Library/Application Support/go/telemetry/mode"), "off\n")
	return home
}

// runGo runs it with exactly this environment; where a name is there twice the
// last one counts.
func runGo(dir, exe string, environ []string, args ...string) (stdout, stderr string, err error) {
	cmd := exec.Command(exe, args...)
	cmd.Dir = dir
	cmd.Env = environ
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	return out.String(), errOut.String(), err
}

// fakeGoroot makes a GOROOT of links to the real one, without a go.env. With
// own, its go command is a file of its own and so finds this GOROOT; otherwise it
// is a link, which Linux resolves before go sees it.
func fakeGoroot(t testing.TB, real string, own bool) string {
	t.Helper()
	root := t.TempDir()
	for _, dir := range []string{"bin", "pkg"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"src", "lib", "VERSION", "pkg/tool", "pkg/include"} {
		if err := os.Symlink(filepath.Join(real, name), filepath.Join(root, name)); err != nil {
			t.Skip("no symbolic links: ", err)
		}
	}
	from, to := filepath.Join(real, "bin", "go"), filepath.Join(root, "bin", "go")
	switch {
	case !own:
		if err := os.Symlink(from, to); err != nil {
			t.Fatal(err)
		}
	case os.Link(from, to) != nil:
		copyFile(t, from, to)
	}
	return root
}

func copyFile(t testing.TB, from, to string) {
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
	if _, err = io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err = out.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
