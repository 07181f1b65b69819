package e2e

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// P15: the cache's file system is full. A stock go command gets everything all the same,
// proven by the checksum database; the status says so; nothing partial is visible; what
// is there is answered; and when there is room again it goes on by itself.
func TestP15FullDisk(t *testing.T) {
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=2m"); err != nil {
		missing(t, "to mount a file system, as root")
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	p := newProject(t, 20, 0) // about 4 MB
	dir := filepath.Join(disk, "cache")
	s := start(t, setup{config: p.config(dir, mirrortest.OK)})
	if err := p.download(t, t.Context(), s.public); err != nil {
		t.Errorf("a full disk: %v\n%s", err, s.talk)
	}
	filler := filepath.Join(disk, "filler")
	if err := os.WriteFile(filler, make([]byte, 2<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the rest of the disk: %v", err)
	}
	if status, body := get(t, "http://"+s.public+"/example.com/many/m0/@v/list"); status != http.StatusOK || body != "v1.0.0\n" {
		t.Errorf("a list that cannot be kept: %d %q", status, body)
	}
	if status, body := get(t, "http://"+s.admin+"/readyz"); status != http.StatusOK || !strings.Contains(body, `"degraded": true`) {
		t.Errorf("readyz: %d %s", status, body)
	}
	there := p.whole(t, dir)
	if there == 0 || there == len(p.truth) {
		t.Errorf("%d of %d files", there, len(p.truth))
	}
	for key, want := range p.truth {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(key))); err != nil {
			continue
		}
		if status, body := get(t, "http://"+s.public+"/"+key); status != http.StatusOK || body != want {
			t.Errorf("%s: %d, %d bytes", key, status, len(body))
		}
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, "size=64m"); err != nil {
		t.Fatal(err)
	}
	// What memory still offers comes into the cache once it does not.
	now, end := 0, time.Now().Add(time.Minute)
	for now < len(p.truth) && time.Now().Before(end) {
		for key, want := range p.truth {
			if status, body := get(t, "http://"+s.public+"/"+key); status != http.StatusOK || body != want {
				t.Fatalf("with room again: %s: %d, %d bytes\n%s", key, status, len(body), s.talk)
			}
		}
		now = p.whole(t, dir)
	}
	if err := p.download(t, t.Context(), s.public); err != nil || now != len(p.truth) {
		t.Errorf("with room again: %d of %d files, %v\n%s", now, len(p.truth), err, s.talk)
	}
	if status, body := get(t, "http://"+s.admin+"/readyz"); status != http.StatusOK || strings.Contains(body, "degraded") {
		t.Errorf("readyz: %d %s", status, body)
	}
	t.Logf("%d of %d files fitted; all are there now: %d", there, len(p.truth), now)
	s.kill()
}
