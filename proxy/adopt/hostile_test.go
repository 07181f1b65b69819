package adopt

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a disk, another user or somebody who means ill left in a directory neither ends
// the import nor comes in; the rest does.
func TestHostileTree(t *testing.T) {
	s := newSite(t)
	modCache := s.modCache(t)
	at := func(k string) string { return filepath.Join(modCache, "cache", "download", filepath.FromSlash(k)) }
	put(t, at("example.com/hello/@v/v1.2.1.zip"), "")
	put(t, at("example.com/hello/@v/v1.2.2.mod"), "")
	if err := os.Truncate(at("example.com/hello/@v/v1.2.2.mod"), 64<<20); err != nil {
		t.Fatal(err)
	}
	put(t, at("example.com/hello/@v/v1.2.3.zip"), "")
	if err := os.Truncate(at("example.com/hello/@v/v1.2.3.zip"), 3<<30); err != nil { // a hole
		t.Fatal(err)
	}
	put(t, at("example.com/Hello/@v/v1.2.0.mod"), "module example.com/Hello // not escaped\n")
	if err := os.MkdirAll(at("example.com/hello/@v/v1.2.4.zip"), 0o755); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "outside", "@v")
	put(t, filepath.Join(outside, "v1.0.0.mod"), "module example.com/outside\n")
	if err := os.Symlink(filepath.Dir(outside), at("example.com/outside")); err != nil {
		t.Log(err)
	}
	if err := os.Symlink(".", at("example.com/loop")); err != nil {
		t.Log(err)
	}
	put(t, at("example.com/locked/@v/v1.0.0.mod"), "module example.com/locked\n")
	if err := os.Chmod(at("example.com/locked"), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(at("example.com/locked"), 0o755) })
	_, readable := os.ReadDir(at("example.com/locked"))

	got := s.adopt(t, modCache, Auto, nil, nil)
	if got.Imported != 3*len(modules) {
		t.Errorf("%d of %d came in:\n%s%s", got.Imported, 3*len(modules), problems(got.Refused), problems(got.Unproven))
	}
	if readable != nil && !slices.Contains(got.Unknown, "example.com/locked") {
		t.Errorf("unknown: %q", got.Unknown)
	}
	for _, k := range s.keys(t) {
		if strings.Contains(k, "v1.2.1") || strings.Contains(k, "v1.2.2") || strings.Contains(k, "v1.2.3") || strings.Contains(k, "outside") || strings.Contains(k, "locked") {
			t.Errorf("%s came in", k)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(s.cache.Dir(), ".yingzao", "partial", "*")); len(left) > 0 {
		for _, name := range left {
			if fi, err := os.Stat(name); err == nil && fi.Size() > 1<<20 {
				t.Errorf("a partial file of %d bytes is left", fi.Size())
			}
		}
	}
}
