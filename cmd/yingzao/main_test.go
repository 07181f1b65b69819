package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"yingzao": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ())) },
	})
}

// TestScripts runs every command as a user would: testdata/script/*.txtar. The
// go command inside shares this machine's build and module caches, and nothing
// else of its settings.
func TestScripts(t *testing.T) {
	caches := goEnv(t, "GOCACHE", "GOMODCACHE", "GOROOT")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			side := t.TempDir() // outside of the script's folder, which often is a repository
			e.Setenv("GOCACHE", caches[0])
			e.Setenv("GOMODCACHE", caches[1])
			e.Setenv("GOROOT", caches[2])
			e.Setenv("GOENV", "off")
			e.Setenv("GOPROXY", "off")
			e.Setenv("GOTOOLCHAIN", "local")
			e.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(side, "gitconfig"))
			e.Setenv("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
			e.Setenv("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
			e.Setenv("XDG_CACHE_HOME", filepath.Join(side, "cache"))
			e.Setenv("LANG", "C")
			e.Setenv("NL", "\n")
			e.Setenv("SELF", filepath.SplitList(e.Getenv("PATH"))[0]) // the folder of yingzao itself
			return os.WriteFile(filepath.Join(side, "gitconfig"), []byte("[user]\n\tname = T\n\temail = t@example.cn\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgsign = false\n"), 0o644)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitCode,
			"says":     says,
		},
		Condition: func(cond string) (bool, error) {
			if tool, ok := strings.CutPrefix(cond, "tool:"); ok {
				return haveTool(t, tool), nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
	})
}

// exitCode runs a command that has to end with the given code:
//
//	exitcode 3 yingzao release verify dist/site
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N program [args...]")
	}
	if got := runCode(ts, args[1:]); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// runCode runs a command and returns its exit code.
func runCode(ts *testscript.TestScript, args []string) string {
	err := ts.Exec(args[0], args[1:]...)
	if err == nil {
		return "0"
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	return fmt.Sprint(exit.ExitCode())
}

// haveTool tells whether a program is there; where tools are required, a missing
// one fails the test.
func haveTool(t *testing.T, name string) bool {
	_, err := exec.LookPath(name)
	if err != nil && os.Getenv("YINGZAO_E2E") == "require" {
		t.Errorf("%s is not on PATH, and YINGZAO_E2E=require asks for it", name)
	}
	return err == nil
}

func goEnv(t *testing.T, names ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimRight(string(out), "\n"), "\n")
}
