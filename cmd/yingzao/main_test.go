package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/release"
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
	t.Parallel()
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
			e.Setenv("HOME", mirrortest.Home(t)) // testscript's is one folder at the root for all of them
			e.Setenv("LANG", "C")
			e.Setenv("TMPDIR", side)
			e.Setenv("NL", "\n")
			e.Values[mirrorKey{}] = &scriptMirror{}
			e.Setenv("SELF", filepath.SplitList(e.Getenv("PATH"))[0]) // the folder of yingzao itself
			return os.WriteFile(filepath.Join(side, "gitconfig"), []byte("[user]\n\tname = T\n\temail = t@example.cn\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgsign = false\n"), 0o644)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitCode,
			"says":     says,
			"bucket":   startBucket,
			"tmpfs":    tmpfs,
			"edit":     edit,
			"relabel":  relabel,
			"zipdir":   zipDir,
			"tardir":   tarDir,
			"pin":      pinSDK,
			"platform": platformSDK,
			"registry": startRegistry,
			"mirror":   startMirror,
			"address":  address,
		},
		Condition: func(cond string) (bool, error) {
			if tool, ok := strings.CutPrefix(cond, "tool:"); ok {
				return haveTool(t, tool), nil
			}
			if cond == "netns" {
				err := exec.Command("unshare", "-rn", "ip", "link", "set", "lo", "up").Run()
				return have(t, "the right to make a network namespace (unshare -rn, ip)", err == nil), nil
			}
			if cond == "mount" {
				return have(t, "the right to mount a tmpfs", canMount()), nil
			}
			if cond == "go.env" {
				text, err := os.ReadFile(filepath.Join(caches[2], "go.env"))
				_, official := gosdk.RestoreGoEnv(text)
				return have(t, "a go.env of Go's own", err == nil && official), nil
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

// haveTool tells whether a program is there.
func haveTool(t *testing.T, name string) bool {
	_, err := exec.LookPath(name)
	return have(t, name+" on PATH", err == nil)
}

// have passes on whether something is there; where everything is required, its
// absence fails the test.
func have(t *testing.T, what string, there bool) bool {
	if !there && os.Getenv("YINGZAO_E2E") == "require" {
		t.Errorf("this needs %s, and YINGZAO_E2E=require asks for it", what)
	}
	return there
}

// edit replaces text in a file that a command has made:
//
//	edit dist/plan.json '"project": "demo"' '"project": "other"'
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit file old new")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o644))
}

// relabel makes part.json describe the binaries that now lie in a part's folder:
// a builder that made other bytes in good faith.
func relabel(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: relabel part")
	}
	file := filepath.Join(args[0], release.PartFile)
	var p release.Part
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &p))
	p.Builder = "third (plan9/mips)"
	for i := range p.Binaries {
		data := ts.ReadFile(filepath.Join(args[0], filepath.FromSlash(p.Binaries[i].Path)))
		p.Binaries[i].Size = int64(len(data))
		p.Binaries[i].SHA256 = fmt.Sprintf("%x", sha256.Sum256([]byte(data)))
	}
	b, err := json.Marshal(p)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(file), b, 0o644))
}

func goEnv(t *testing.T, names ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimRight(string(out), "\n"), "\n")
}
