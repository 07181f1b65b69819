package rules

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// mounted mounts a tmpfs below the home folder for the length of a test, with a
// flag ("", "ro", "noexec") and options of tmpfs. Only root can.
func mounted(name, flag, options string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		orSkip(t, os.Getuid() == 0, "root is needed, to mount a tmpfs")
		dir := filepath.Join(w.home, name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("tmpfs", dir, "tmpfs", map[string]uintptr{"ro": syscall.MS_RDONLY, "noexec": syscall.MS_NOEXEC}[flag], options); err != nil {
			orSkip(t, false, "cannot mount a tmpfs: "+err.Error())
		}
		t.Cleanup(func() {
			if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
				t.Errorf("unmount %s: %v", dir, err)
			}
		})
	}
}

// asNobody runs a build as a user to whom the cache does not belong. Only root
// can become another one.
func asNobody(t *testing.T, w *world, _ string) {
	orSkip(t, os.Getuid() == 0, "root is needed, to run go as nobody")
	// The folders of tests are closed to others, so this has one of its own.
	dir, err := os.MkdirTemp("", "nobody-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for name, data := range map[string]string{"go.mod": plainMod, "main.go": plainMain, "cache/00/keep": ""} {
		w.write(t, filepath.Join(dir, name), data)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	goroot := root.original
	cmd := exec.CommandContext(t.Context(), filepath.Join(goroot, "bin", "go"), "build", "-o", os.DevNull, ".")
	cmd.Dir, cmd.Env = dir, []string{"HOME=" + dir, "PATH=/usr/bin:/bin", "GOCACHE=" + filepath.Join(dir, "cache"), "GOTOOLCHAIN=local", "GOENV=off", "GOFLAGS=-buildvcs=false"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil && strings.Contains(err.Error(), "permission denied") && len(out) == 0 {
		orSkip(t, false, "nobody may not run the go command of this machine")
	}
	if err == nil || !strings.Contains(string(out), "permission denied") {
		t.Errorf("%v; go says\n%s", err, out)
	}
}
