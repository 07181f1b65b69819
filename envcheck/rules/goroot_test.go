package rules

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// root is the folder of what all worlds share, made by TestMain.
var (
	root   struct{ dir, goroot, original, cache string }
	shared sync.Once
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "rules-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		root.dir = dir
		return m.Run()
	}())
}

// shadowRoot is a GOROOT as Go ships it: the machine's, by links, with a go.env
// that nobody has edited.
func shadowRoot(t *testing.T) string {
	t.Helper()
	shared.Do(func() {
		cmd := exec.Command("go", "env", "GOROOT", "GOCACHE")
		cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		root.original, root.cache, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
		root.goroot = filepath.Join(root.dir, "goroot")
		b, err := os.ReadFile(filepath.Join(root.original, "go.env"))
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for l := range strings.Lines(string(b)) {
			if strings.HasPrefix(l, "GOTOOLCHAIN=") { // some machines pin it
				l = "GOTOOLCHAIN=auto\n"
			}
			lines = append(lines, l)
		}
		shadowGoroot(t, root.goroot, strings.Join(lines, ""), false)
	})
	return root.goroot
}

// shadowGoroot makes a GOROOT that works: everything is a link into the real
// one, but the go command is a copy, because it finds its root by where it
// stands.
func shadowGoroot(t *testing.T, dir, goEnv string, without bool) {
	t.Helper()
	original := root.original
	if original == "" {
		shadowRoot(t)
		original = root.original
	}
	entries, err := os.ReadDir(original)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "bin" || e.Name() == "go.env" {
			continue
		}
		if err := os.Symlink(filepath.Join(original, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	from, to := filepath.Join(original, "bin", "go"), filepath.Join(dir, "bin", "go")
	if err := os.Link(from, to); err != nil {
		copyFile(t, from, to)
	}
	if !without {
		if err := os.WriteFile(filepath.Join(dir, "go.env"), []byte(goEnv), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	syscall.ForkLock.RLock() // as in world.write
	defer syscall.ForkLock.RUnlock()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
}
