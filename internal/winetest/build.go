package winetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Build compiles a main package for windows/amd64, as it would be handed out, and
// returns the file. pkg is as go build takes it, seen from the test's folder.
func Build(t testing.TB, pkg string) string {
	t.Helper()
	return compile(t, "build", "-trimpath", "-ldflags=-s -w", pkg)
}

// BuildTest compiles the tests of the package in the test's folder.
func BuildTest(t testing.TB) string {
	t.Helper()
	return compile(t, "test", "-c", ".")
}

func compile(t testing.TB, verb string, args ...string) string {
	t.Helper()
	needs(t, "go", has("go"))
	exe := filepath.Join(t.TempDir(), "program.exe")
	cmd := exec.Command("go", append([]string{verb, "-o", exe}, args...)...)
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s for Windows: %v\n%s", verb, err, out)
	}
	return exe
}
