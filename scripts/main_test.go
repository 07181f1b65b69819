package scripts

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv("SCRIPTS_TEST_JUST_START") != "" {
		os.Exit(0) // an ordinary Go program, for what happens before main
	}
	goleak.VerifyTestMain(m)
}

func needs(t *testing.T, what string, have bool) {
	t.Helper()
	if have {
		return
	}
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatalf("%s is missing and YINGZAO_E2E=require", what)
	}
	t.Skipf("%s is missing", what)
}

func has(tool string) bool {
	_, err := exec.LookPath(tool)
	return err == nil
}

// program is what the script installs: it says what it was told to do.
const program = "#!/bin/sh\n[ \"$1\" != version ] || exit 0\nprintf 'ran:'\nprintf ' [%s]' \"$@\"\nexit 0\n"

func sumOf(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }

// shells are those of this machine that can run bootstrap.sh.
func shells() (all [][]string) {
	for _, s := range []string{"sh", "dash", "bash", "busybox"} {
		if !has(s) {
			continue
		}
		if s == "busybox" {
			all = append(all, []string{s, "sh"})
		} else {
			all = append(all, []string{s})
		}
	}
	return all
}

// desk is a computer without anything: a HOME, and what uname says.
type desk struct {
	t     testing.TB
	home  string
	path  string // in front of PATH
	env   []string
	shell []string
	stdin string
}

func newDesk(t testing.TB) *desk {
	if runtime.GOOS == "windows" {
		t.Skip("a POSIX shell is needed")
	}
	return &desk{t: t, home: t.TempDir(), path: t.TempDir(), shell: []string{"sh"}}
}

// fake puts a command in front of PATH.
func (d *desk) fake(name, script string) {
	d.t.Helper()
	write(d.t, filepath.Join(d.path, name), "#!/bin/sh\n"+script+"\n", 0o755)
}

// machine makes uname and getconf say something else than this computer does.
func (d *desk) machine(system, machine, kernel string, bits int) *desk {
	d.fake("uname", "case $1 in -s) echo "+system+";; -m) echo "+machine+";; -r) echo "+kernel+";; esac")
	d.fake("getconf", fmt.Sprintf("echo %d", bits))
	return d
}

func (d *desk) run(script string, args ...string) (code int, out string) {
	d.t.Helper()
	cmd := exec.Command(d.shell[0], append(append(append([]string{}, d.shell[1:]...), script), args...)...)
	cmd.Env = append([]string{"PATH=" + d.path + ":" + os.Getenv("PATH"), "HOME=" + d.home, "TMPDIR=" + d.t.TempDir(), "no_proxy=*", "LC_ALL=C"}, d.env...)
	cmd.Stdin = strings.NewReader(d.stdin)
	b, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		d.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(b)
}

// files are the paths below HOME.
func (d *desk) files() string {
	var all []string
	err := filepath.WalkDir(d.home, func(p string, e os.DirEntry, err error) error {
		if err == nil && p != d.home && !e.IsDir() {
			all = append(all, strings.TrimPrefix(p, d.home+"/"))
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return strings.Join(all, " ")
}

const installed = ".local/share/yingzao/bin/yingzao"

func write(t testing.TB, name, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// pinned writes bootstrap.sh with the sums of the program for some platforms and
// gives its path.
func pinned(t testing.TB, dir string, p Pins) string {
	t.Helper()
	if p.SHA256 == nil {
		p.SHA256 = map[string]string{"linux/amd64": sumOf(program), "linux/arm64": sumOf(program), "darwin/arm64": sumOf(program)}
	}
	all, err := Bootstrap(p)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "bootstrap.sh")
	write(t, name, string(all["bootstrap.sh"]), 0o755)
	return name
}
