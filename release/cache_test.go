package release

import (
	"os"
	"path/filepath"
	"testing"
)

// What is marked is what the digest of the sources leaves out, and a mark that is
// there stays as it is.
func TestMarkCache(t *testing.T) {
	dir := t.TempDir()
	for below, want := range map[string]bool{".cache": true, ".cache/yingzao": true, "shown": false, "shown/deep": false} {
		cache := filepath.Join(dir, below)
		if err := MarkCache(cache); err != nil {
			t.Fatal(err)
		}
		if got := isCache(cache); got != want {
			t.Errorf("%s: a cache %v, want %v", below, got, want)
		}
	}
	own := filepath.Join(dir, ".cache", ".gitignore")
	if err := os.WriteFile(own, []byte("mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := MarkCache(filepath.Dir(own)); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(own); string(b) != "mine\n" {
		t.Errorf("a file that was there became %q", b)
	}
	if err := MarkCache(filepath.Join(own, "x")); err == nil {
		t.Error("a folder in a file")
	}
}
