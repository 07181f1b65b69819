package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// There is no PowerShell to run it with; it is parsed, whole and cut.
func TestPowerShellParses(t *testing.T) {
	t.Parallel()
	needs(t, "node, or the folder YINGZAO_TREE_SITTER with the npm packages web-tree-sitter and @vscode/tree-sitter-wasm", has("node") && os.Getenv("YINGZAO_TREE_SITTER") != "")
	all, err := Bootstrap(Pins{SHA256: map[string]string{"windows/amd64": strings.Repeat("a", 64)}, URLs: []string{"https://dl.example/x"}})
	if err != nil {
		t.Fatal(err)
	}
	text := string(all["bootstrap.ps1"])
	dir := t.TempDir()
	want := map[string]bool{"whole.ps1": true}
	write(t, filepath.Join(dir, "whole.ps1"), text, 0o644)
	start := strings.Index(text, "& {")
	for name, at := range map[string]int{"middle.ps1": len(text) / 2, "most.ps1": len(text) * 9 / 10, "brace.ps1": strings.LastIndex(text, "}"), "begin.ps1": start + 20} {
		write(t, filepath.Join(dir, name), text[:at], 0o644)
		want[name] = false
	}
	script, err := filepath.Abs("testdata/parse.mjs")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{script}
	for name := range want {
		args = append(args, name)
	}
	cmd := exec.Command("node", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, good := range want {
		if !strings.Contains(string(out), name+map[bool]string{true: " true\n", false: " false\n"}[good]) {
			t.Errorf("%s should be %v\n%s", name, good, out)
		}
	}
}
