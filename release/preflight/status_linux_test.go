package preflight

import (
	"path/filepath"
	"syscall"
	"testing"
)

// git knows files, links and folders only.
func TestPipesAndSocketsAreNoChange(t *testing.T) {
	s := repository(t)
	s.commit("c")
	if err := syscall.Mkfifo(filepath.Join(s.dir, "pipe"), 0o644); err != nil {
		t.Skip("no named pipes here:", err)
	}
	s.agree(s.dir, "pipe")
	if g := s.read(); g.Dirty {
		t.Errorf("changed: %q", g.Changed)
	}
}
