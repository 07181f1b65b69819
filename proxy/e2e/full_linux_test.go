package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// P15: the cache's file system is full. A stock go command learns it as trouble, not
// as "does not exist"; the status says so; nothing partial is visible; what is there
// is answered; and when there is room again it goes on by itself.
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
	err := p.download(t, t.Context(), s.public)
	if err == nil || !strings.Contains(err.Error(), "503 Service Unavailable") || strings.Contains(err.Error(), "404 Not Found") {
		t.Errorf("a full disk: %v", err)
	}
	t.Logf("go says: %.400v", err)
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
	if err := p.download(t, t.Context(), s.public); err != nil {
		t.Errorf("with room again: %v\n%s", err, s.talk)
	}
	if status, body := get(t, "http://"+s.admin+"/readyz"); status != http.StatusOK || strings.Contains(body, "degraded") {
		t.Errorf("readyz: %d %s", status, body)
	}
	t.Logf("%d of %d files fitted; all are there now: %d", there, len(p.truth), p.whole(t, dir))
	s.kill()
}
