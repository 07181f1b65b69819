package winetest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Build compiles a main package for windows/amd64 and returns the file. pkg is as go
// build takes it, seen from the test's folder.
//
// It is what would be handed out but for one word in Go's own library: wine 8 knows
// only the second of two ways in which os.RemoveAll removes, and what it answers to
// the first is not among the answers after which Go takes the second.
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
	dir := t.TempDir()
	exe := filepath.Join(dir, "program.exe")
	cmd := exec.Command("go", append([]string{verb, "-o", exe, "-overlay=" + overlay(t, dir)}, args...)...)
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s for Windows: %v\n%s", verb, err, out)
	}
	return exe
}

// overlay sets the switch that Go's own tests have for the second way.
func overlay(t testing.TB, dir string) string {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(strings.TrimSpace(string(root)), "src", "internal", "syscall", "windows", "at_windows.go")
	source, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	ours := filepath.Join(dir, "at_windows.go")
	const off = "\nvar TestDeleteatFallback bool\n"
	data, err := json.Marshal(map[string]any{"Replace": map[string]string{name: ours}})
	if err == nil {
		err = os.WriteFile(ours, []byte(strings.Replace(string(source), off, strings.TrimSuffix(off, "\n")+" = true\n", 1)), 0o644)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "overlay.json"), data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "overlay.json")
}
