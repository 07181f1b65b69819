package mirrortest

import (
	"os"
	"path/filepath"
	"testing"
)

// Home is a home folder for a go command, and has nothing in it but the word that no
// telemetry is wanted. In a new home go starts a process for that which outlives it,
// and may write while the test's folders are removed.
func Home(t testing.TB) string {
	t.Helper()
	home := t.TempDir()
	for _, config := range []string{".config", "Library/Application Support"} {
		dir := filepath.Join(home, filepath.FromSlash(config), "go", "telemetry")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "mode"), []byte("off\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return home
}
