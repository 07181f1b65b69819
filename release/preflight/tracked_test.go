package preflight

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTracked(t *testing.T) {
	s := repository(t)
	s.write("a", "1")
	s.write("sub/b", "1")
	s.write("sub/c", "1")
	if err := os.Symlink("a", filepath.Join(s.dir, "sub", "link")); err != nil {
		t.Fatal(err)
	}
	s.commit("c")
	s.write("sub/untracked", "1")
	s.write("sub/later", "1")
	s.git("add", "-N", "sub/later")
	for dir, want := range map[string][]string{
		s.dir: {"a", "sub/b", "sub/c"}, filepath.Join(s.dir, "sub"): {"b", "c"}, s.home: nil,
	} {
		got, err := Tracked(t.Context(), dir)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", dir, got, err, want)
		}
	}
}
