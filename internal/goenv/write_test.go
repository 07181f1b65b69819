package goenv

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func versions() [2][]byte {
	return [2][]byte{bytes.Repeat([]byte("A=old\n"), 20000), bytes.Repeat([]byte("B=newer\n"), 30000)}
}

// childWriter writes the two versions in turn until it is killed.
func childWriter(path string) {
	for i := 0; ; i++ {
		if err := WriteFile(path, versions()[i%2], 0o600); err != nil {
			panic(err)
		}
		os.Stdout.Write([]byte{'.'})
	}
}

// TestWriteFileKilled kills a writer again and again: a reader sees one version
// or the other, whole, and what is left over is swept by a later writer.
func TestWriteFileKilled(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "env")
	write(t, path, string(versions()[0]))
	var seen [2]int
	for i := range 30 {
		cmd := exec.Command(os.Args[0], path)
		cmd.Env = []string{"YINGZAO_GOENV_CHILD=writer"}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_, _ = out.Read(make([]byte, 1)) // it is at work
		time.Sleep(time.Duration(i%10) * 700 * time.Microsecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		data, err := os.ReadFile(path)
		switch v := versions(); {
		case err == nil && bytes.Equal(data, v[0]):
			seen[0]++
		case err == nil && bytes.Equal(data, v[1]):
			seen[1]++
		default:
			t.Fatalf("kill %d: %d bytes, %v", i, len(data), err)
		}
	}
	left := names(t, dir)
	t.Logf("30 kills: %d times one version, %d times the other, %d files left over", seen[0], seen[1], len(left)-1)
	for _, name := range left {
		if name != "env" && !strings.HasPrefix(name, ".env.yingzao-") {
			t.Errorf("a name that is not ours: %s", name)
		}
	}

	if err := WriteFile(path, []byte("A=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if now := names(t, dir); len(now) != len(left) {
		t.Errorf("fresh files of others were swept: %q of %q", now, left)
	}
	for _, name := range left {
		age(t, filepath.Join(dir, name))
	}
	if err := WriteFile(path, []byte("A=2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if now := names(t, dir); len(now) != 1 {
		t.Errorf("left over: %q", now)
	}
}

func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func age(t *testing.T, path string) {
	t.Helper()
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
}

// TestSweep leaves alone what only looks like ours.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	prefix := filepath.Join(dir, ".env.yingzao-")
	foreign := []string{".env.yingzao-", ".env.yingzao-short", ".env.swp", ".other.yingzao-" + rand.Text(), "env.bak"}
	for _, name := range foreign {
		write(t, filepath.Join(dir, name), "x")
		age(t, filepath.Join(dir, name))
	}
	if err := os.Mkdir(prefix+rand.Text(), 0o755); err != nil {
		t.Fatal(err)
	}
	stale := prefix + rand.Text()
	write(t, stale, "x")
	age(t, stale)
	if err := WriteFile(filepath.Join(dir, "env"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); len(got) != len(foreign)+2 {
		t.Errorf("%q", got)
	}
	if _, err := os.Lstat(stale); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the stale file is still there")
	}
}

func TestWriteFileModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "new/folder/env")
	for _, want := range []fs.FileMode{0o600, 0o640} {
		if err := WriteFile(path, []byte("A=1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if want != 0o600 {
			if err := os.Chmod(path, want); err != nil {
				t.Fatal(err)
			}
			if err := WriteFile(path, []byte("A=2\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("mode %v, want %v (%v)", info.Mode(), want, err)
		}
	}
}

// TestWriteFileLinks writes through links, also through one that leads nowhere
// yet and through one below a linked folder.
func TestWriteFileLinks(t *testing.T) {
	dir := t.TempDir()
	link := func(to, from string) string {
		from = filepath.Join(dir, from)
		if err := os.Symlink(to, from); err != nil {
			t.Skip("no symbolic links: ", err)
		}
		return from
	}
	write(t, filepath.Join(dir, "dotfiles/deep/x"), "")
	link("dotfiles/deep", "config")
	for _, tt := range []struct{ path, target string }{
		{link("dotfiles/goenv", "env"), "dotfiles/goenv"},
		{link("env", "twice"), "dotfiles/goenv"},
		{filepath.Join(dir, "config/env"), "dotfiles/deep/env"},
	} {
		for _, text := range []string{"A=1\n", "A=2\n"} {
			if err := WriteFile(tt.path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if data, err := os.ReadFile(filepath.Join(dir, tt.target)); string(data) != text {
				t.Errorf("%s: %q %v", tt.path, data, err)
			}
		}
	}
	if to, err := os.Readlink(filepath.Join(dir, "twice")); to != "env" {
		t.Errorf("the link is gone: %q %v", to, err)
	}
	// dotfiles/deep/up leads to dotfiles/env, not to env beside config.
	if err := os.Symlink("../up-target", filepath.Join(dir, "config/up")); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(filepath.Join(dir, "config/up"), []byte("A=3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "dotfiles/up-target")); string(data) != "A=3\n" {
		t.Errorf("written elsewhere: %q", names(t, dir))
	}
	if err := WriteFile(link("loop", "loop"), nil, 0o600); err == nil {
		t.Error("a link to itself is written")
	}
}

func TestWriteFileRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, os.DevNull} {
		if runtime.GOOS == "windows" && path == os.DevNull {
			continue
		}
		before, _ := os.Stat(path)
		if err := WriteFile(path, []byte("A=1\n"), 0o600); err == nil {
			t.Errorf("%s is written", path)
		}
		if after, err := os.Stat(path); err != nil || after.Mode() != before.Mode() {
			t.Errorf("%s: %v %v", path, after, err)
		}
	}
	write(t, filepath.Join(dir, "file"), "")
	if err := WriteFile(filepath.Join(dir, "file/env"), nil, 0o600); err == nil {
		t.Error("written below a file")
	}
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		return // a folder's mode stops neither; see the test on a read-only file system
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o755)
	if err := WriteFile(filepath.Join(dir, "env"), nil, 0o600); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a read-only folder: %v", err)
	}
}

func TestSweepFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "env")
	left := filepath.Join(dir, tempPrefix("env")+rand.Text())
	other := filepath.Join(dir, tempPrefix("other")+rand.Text())
	for _, f := range []string{path, left, other} {
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	SweepFile(path)
	for f, want := range map[string]bool{path: true, left: false, other: true} {
		if _, err := os.Stat(f); (err == nil) != want {
			t.Errorf("%s: %v", f, err)
		}
	}
}
