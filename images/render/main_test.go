package render

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/yingzao-dev/yingzao/images/matrix"
)

// need finds tools or skips; where everything is required it fails.
func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, name := range tools {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("YINGZAO_E2E") == "require" {
				t.Fatalf("%s is missing, and YINGZAO_E2E=require", name)
			}
			t.Skipf("needs %s", name)
		}
	}
}

// instructions are the file's instructions, with their continuations.
func instructions(data []byte) []string {
	var all []string
	open := false
	for line := range strings.Lines(string(data)) {
		text := strings.TrimSpace(line)
		switch {
		case open:
			all[len(all)-1] += line
		case text == "" || text[0] == '#':
			continue
		default:
			all = append(all, line)
		}
		open = strings.HasSuffix(text, "\\")
	}
	return all
}

// scripts are what the RUN instructions of the shell form give to /bin/sh.
func scripts(data []byte) []string {
	var all []string
	for _, in := range instructions(data) {
		if s, ok := strings.CutPrefix(in, "RUN "); ok && s[0] != '[' {
			all = append(all, s)
		}
	}
	return all
}

// script is the one script of the file that has the word in it.
func script(t testing.TB, data []byte, word string) string {
	t.Helper()
	for _, s := range scripts(data) {
		if strings.Contains(s, word) {
			return s
		}
	}
	t.Fatalf("no RUN with %q", word)
	return ""
}

// fakeSDK is a tree in the form of a GOROOT. Its names are those that have given
// trouble: a module file, a dot file, a sign that has a meaning in a shell.
func fakeSDK(goProgram []byte) fstest.MapFS {
	file := func(s string, mode os.FileMode) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s), Mode: mode} }
	return fstest.MapFS{
		"VERSION":                          file("go1.26.8\ntime 2026-08-28T16:20:06Z\n", 0o644),
		"bin/go":                           file(string(goProgram), 0o755),
		"pkg/tool/linux_amd64/compile":     file("compiler", 0o755),
		"src/go.mod":                       file("module std\n", 0o644),
		"src/cmd/go.mod":                   file("module cmd\n", 0o644),
		"src/cmd/.gitattributes":           file("*", 0o600),
		"src/a b/[x]$y/it's & \"that\".go": file("package x\n", 0o644),
		"lib/wasm/go_js_wasm_exec":         file("#!/bin/sh\n", 0o755),
	}
}

// sdkFiles lists a tree as a command would list an SDK.
func sdkFiles(tree fstest.MapFS) []SDKFile {
	var all []SDKFile
	for name, f := range tree {
		all = append(all, SDKFile{Name: name, Mode: f.Mode, Open: func() (io.ReadCloser, error) { return tree.Open(name) }})
	}
	return all
}

// sh runs a script and returns what it printed and its exit code.
func sh(t testing.TB, shell []string, script string, env ...string) (string, int) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), timeout)
	defer stop()
	c := exec.CommandContext(ctx, shell[0], append(shell[1:], "-c", script)...)
	c.Env = append([]string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}, env...)
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

// shells are those that are here: always sh, and where there are, the two that
// bases have.
func shells() map[string][]string {
	all := map[string][]string{"sh": {"sh"}}
	if real, _ := filepath.EvalSymlinks("/bin/sh"); filepath.Base(real) != "dash" {
		if _, err := exec.LookPath("dash"); err == nil {
			all["dash"] = []string{"dash"}
		}
	}
	if _, err := exec.LookPath("bash"); err == nil {
		all["bash"] = []string{"bash"}
	}
	if _, err := exec.LookPath("busybox"); err == nil {
		all["busybox"] = []string{"busybox", "sh"}
	}
	return all
}

// stage puts the fake SDK into a context for an architecture.
func stage(t testing.TB, dir, arch string, tree fstest.MapFS) matrix.SDK {
	t.Helper()
	sdk := matrix.SDK{Go: "1.26.8", Arch: arch}
	h1, err := Stage(t.Context(), dir, sdk, sdkFiles(tree))
	if err != nil {
		t.Fatal(err)
	}
	sdk.H1 = h1
	return sdk
}

func write(t testing.TB, name, data string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}
