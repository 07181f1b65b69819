package release

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// small mounts a folder that is full after size bytes.
func small(t *testing.T, size string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		skip(t, "only root may mount a tmpfs")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		skip(t, "mount tmpfs: "+err.Error())
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// Where the disk is full, no file gets its name, and none is left.
func TestDiskFull(t *testing.T) {
	dir := small(t, "200k")
	b, p := packer(t)
	b.each(context.Background(), p, dir, func(name string, err error) {
		says(t, err, name)
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: left behind: %v", name, left)
		}
	})

	// A whole run: the compiler's output is the first to find no room.
	project := folder(t, hello.with(yaml("  targets: [linux/amd64]\n")))
	dist := filepath.Join(dir, "dist")
	_, err := Run(context.Background(), Options{Dir: project, Dist: dist, Version: "1.2.3", Environ: testEnviron(), NoPublish: true})
	says(t, err, "no space left on device")
	if names, _ := filepath.Glob(filepath.Join(dist, "*")); len(names) != 1 || filepath.Base(names[0]) != partsFolder {
		t.Errorf("in dist: %q", names)
	}
	if names, _ := filepath.Glob(filepath.Join(dist, partsFolder, "*")); len(names) != 1 || filepath.Base(names[0]) != workFolder {
		t.Errorf("in parts: %q", names)
	}
	if names, _ := filepath.Glob(filepath.Join(dist, partsFolder, workFolder, "*")); len(names) != 0 {
		t.Errorf("at work: %q", names)
	}
}
