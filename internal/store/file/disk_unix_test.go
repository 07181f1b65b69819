//go:build unix

package file_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// need skips the test, or fails it where everything must be there.
func need(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatalf("needs %s, and YINGZAO_E2E=require", what)
	}
	t.Skipf("needs %s", what)
}

// A child of its own, so that the umask of this process stays.
func TestModesObeyUmask(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for umask, want := range map[string][2]os.FileMode{"022": {0o644, 0o755}, "077": {0o600, 0o700}, "002": {0o644, 0o755}} {
		dir := filepath.Join(t.TempDir(), "site")
		cmd := exec.Command("/bin/sh", "-c", "umask "+umask+"; exec "+self)
		cmd.Env = append(os.Environ(), "YINGZAO_STORE_ONCE="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for name, mode := range map[string]os.FileMode{"v1/put": want[0], "v1/upload": want[0], "v1/parts": want[0], "v1": want[1], ".": want[1]} {
			fi, err := os.Stat(filepath.Join(dir, name))
			if err != nil || fi.Mode().Perm() != mode {
				t.Errorf("umask %s: %s has mode %v, want %v (%v)", umask, name, fi.Mode(), mode, err)
			}
		}
	}
}

func TestSymbolicLinks(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	st := open(t, dir)
	put(t, st, "v1/a", "inside")
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("victim"), 0o644); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{
		"out": outside, "outfile": filepath.Join(outside, "secret"), "up": "../" + filepath.Base(outside),
		"current": "v1", "alias": "v1/a", "dangling": "nowhere", "loop": "loop",
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"out/secret", "outfile", "up/secret", "out/new"} {
		_, err := st.Head(t.Context(), key)
		wantError(t, err, store.ErrDenied, "leads out of the store")
		r, _, err := st.Get(t.Context(), key, 0, -1)
		wantError(t, err, store.ErrDenied, "leads out of the store")
		if err == nil {
			r.Close()
		}
	}
	for _, key := range []string{"out/secret", "up/secret", "out/new/deeper"} {
		for _, o := range []store.PutOptions{{}, {IfAbsent: true}} {
			wantError(t, tryPut(t, st, key, "x", o), store.ErrDenied, "leads out of the store")
		}
		wantError(t, st.Delete(t.Context(), key), store.ErrDenied, "leads out of the store")
	}
	// Links that stay inside are read through; List does not walk through them.
	if info, err := st.Head(t.Context(), "current/a"); err != nil || info.Size != 6 {
		t.Errorf("%+v, %v", info, err)
	}
	if got := strings.Join(keys(t, st), " "); got != "alias v1/a" {
		t.Errorf("keys %q", got)
	}
	// Writing to a link replaces the link, never what it points to; a name
	// that is taken by one is not absent.
	for _, key := range []string{"outfile", "alias", "dangling"} {
		if err := tryPut(t, st, key, "x", store.PutOptions{IfAbsent: true}); !errors.Is(err, store.ErrExists) {
			t.Errorf("%s: %v", key, err)
		}
		put(t, st, key, "new")
	}
	if err := st.Delete(t.Context(), "out"); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{filepath.Join(outside, "secret"): "victim", filepath.Join(dir, "v1/a"): "inside"} {
		if b, err := os.ReadFile(name); string(b) != want {
			t.Errorf("%s holds %q, %v", name, b, err)
		}
	}
	if got := files(t, outside); len(got) != 1 {
		t.Errorf("written outside: %q", got)
	}
}

func TestHiddenAreaIsALink(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, ".yingzao-uploads")); err != nil {
		t.Fatal(err)
	}
	wantError(t, tryPut(t, open(t, dir), "a", "x", store.PutOptions{}), store.ErrDenied, "leads out of the store")
	if got := files(t, outside); len(got) != 0 {
		t.Errorf("written outside: %q", got)
	}
}

func TestStoreIsALink(t *testing.T) {
	base := t.TempDir()
	if err := errors.Join(os.Mkdir(base+"/real", 0o755), os.Symlink("real", base+"/site")); err != nil {
		t.Fatal(err)
	}
	st := open(t, base+"/site")
	put(t, st, "a", "x")
	if got := strings.Join(files(t, base+"/real"), " "); got != "a" {
		t.Errorf("files %q", got)
	}
}

func TestNoObjects(t *testing.T) {
	dir := t.TempDir()
	st := open(t, dir)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, `back\slash`), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := st.Get(t.Context(), "pipe", 0, -1); !errors.Is(err, store.ErrNotFound) { // and does not hang
		t.Error(err)
	}
	if got := keys(t, st); len(got) != 0 {
		t.Errorf("keys %q", got)
	}
}
