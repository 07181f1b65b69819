//go:build unix

package fetch

import (
	"maps"
	"path/filepath"
	"syscall"
	"testing"
)

// Modes do not depend on the umask.
func TestUmask(t *testing.T) {
	s, _, files := extracted(t)
	base := t.TempDir()
	defer syscall.Umask(syscall.Umask(0o077))
	dir := filepath.Join(base, "go")
	if err := s.Extract(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if got := onDiskIn(t, dir); !maps.Equal(got, want(files)) {
		t.Error("modes differ")
	}
}
