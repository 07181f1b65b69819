package archive

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHolds(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a", "b")
	if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("hello\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	const sum = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
	if err := Holds(t.Context(), root, "a/b", 6, sum); err != nil {
		t.Error(err)
	}
	for _, tc := range []struct {
		name string
		size int64
		sum  string
		want string
	}{
		{"a", 6, sum, "no regular file"},
		{"a/b", 7, sum, "6 bytes instead of 7"},
		{"a/b", 6, strings.Repeat("0", 64), "sha256 " + sum},
		{"../x", 6, sum, "escapes"},
	} {
		if err := Holds(t.Context(), root, tc.name, tc.size, tc.sum); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.want)
		}
	}
	if err := Holds(t.Context(), root, "gone", 6, sum); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Holds(ctx, root, "a/b", 6, sum); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
