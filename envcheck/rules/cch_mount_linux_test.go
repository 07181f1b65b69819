package rules

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// mounted mounts a tmpfs below the home folder for the length of a test. Only
// root can.
func mounted(name string, flags uintptr, options string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		orSkip(t, os.Getuid() == 0, "root is needed, to mount a tmpfs")
		dir := filepath.Join(w.home, name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, options); err != nil {
			orSkip(t, false, "cannot mount a tmpfs: "+err.Error())
		}
		t.Cleanup(func() {
			if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
				t.Errorf("unmount %s: %v", dir, err)
			}
		})
	}
}

func mountReproductions() []reproduction {
	build := []string{"build", "-o", os.DevNull, "."}
	main := map[string]string{"go.mod": plainMod, "main.go": plainMain}
	free := func(n int64) func(*envcheck.Dir) { return func(d *envcheck.Dir) { d.Free = n } }
	inodes := func(n int64) func(*envcheck.Dir) { return func(d *envcheck.Dir) { d.Inodes = n } }
	readOnly := func(d *envcheck.Dir) { d.ReadOnly, d.Writable = true, false }
	noExec := func(d *envcheck.Dir) { d.NoExec = true }
	return []reproduction{
		{code: "CCH002", environ: map[string]string{"GOTMPDIR": "{home}/small"}, files: main, prepare: mounted("small", 0, "size=600k"), change: folder("GOTMPDIR", "small", free(600<<10)),
			run: build, fails: true, says: "no space left on device", finding: findingWeighs(envcheck.Error)},
		{code: "CCH002", name: "a full build cache is silent", change: folder("GOCACHE", "cache", free(0)), finding: findingWeighs(envcheck.Warning)},
		{code: "CCH002", name: "tight", change: folder("GOMODCACHE", "mod", free(200<<20)), finding: findingWeighs(envcheck.Warning)},
		{code: "CCH002", name: "the folder for temporary files", change: folder("TMPDIR", "/tmp", free(0)), finding: findingSays("TMPDIR")},
		{code: "CCH002", name: "not known", clean: true, change: allOf(folder("GOCACHE", "cache", free(-1)), folder("GOMODCACHE", "mod"), folder("TMPDIR", "/tmp"))},

		{code: "CCH003", environ: map[string]string{"GOTMPDIR": "{home}/tmp"}, files: main, prepare: mounted("tmp", syscall.MS_NOEXEC, ""), change: folder("GOTMPDIR", "tmp", noExec),
			run: []string{"run", "."}, fails: true, says: "permission denied", finding: fixSays("GOTMPDIR=")},
		{code: "CCH003", name: "GOTMPDIR is elsewhere", clean: true, change: allOf(folder("TMPDIR", "/tmp", noExec), folder("GOTMPDIR", "tmp"))},
		{code: "CCH003", name: "a cache may be so", clean: true, change: allOf(folder("GOMODCACHE", "mod", noExec), folder("TMPDIR", "/tmp"))},

		{code: "CCH007", environ: map[string]string{"GOCACHE": "{home}/ro/cache"}, files: main, prepare: mounted("ro", syscall.MS_RDONLY, ""), change: folder("GOCACHE", "ro/cache", readOnly, func(d *envcheck.Dir) { d.Exists = false }),
			run: build, fails: true, says: "read-only file system", finding: findingWeighs(envcheck.Error)},
		{code: "CCH007", name: "modules", change: folder("GOMODCACHE", "mod", readOnly), finding: findingWeighs(envcheck.Warning)},
		{code: "CCH007", clean: true, change: allOf(folder("GOCACHE", "cache"), folder("GOMODCACHE", "mod"), folder("TMPDIR", "/tmp"))},

		{code: "CCH008", environ: map[string]string{"GOCACHE": "{home}/few"}, files: main, prepare: mounted("few", 0, "nr_inodes=40"), change: folder("GOCACHE", "few", inodes(39)),
			run: build, fails: true, says: "no space left on device", finding: findingWeighs(envcheck.Error)},
		{code: "CCH008", name: "unlimited", clean: true, change: allOf(folder("GOCACHE", "cache", inodes(-1)), folder("GOMODCACHE", "mod"), folder("TMPDIR", "/tmp"))},
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
