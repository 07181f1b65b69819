package winetest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Windows is one prefix.
type Windows struct {
	Prefix string
	// Env is added to the environment of every program. What the registry has under
	// the same name wins, as it does for wine's own start.
	Env []string
	// Native lists programs of which wine's own are not to be used, "curl.exe".
	Native []string

	t    testing.TB
	home string
}

// New makes a prefix, which takes some seconds; it and all that runs in it end with
// the test.
func New(t testing.TB) *Windows {
	t.Helper()
	if testing.Short() {
		t.Skip("wine takes seconds to start")
	}
	needs(t, "wine", has("wine") && has("wineserver"))
	w := &Windows{t: t, home: t.TempDir()}
	w.Prefix = filepath.Join(w.home, "prefix")
	if err := os.Mkdir(w.Prefix, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.stop("-k") })
	_ = w.unix("wineserver", "-p").Run() // stays, so that each start is a short one
	if code, out := w.Run("", "cmd", "/c", "exit 0"); code != 0 {
		needs(t, "a wine that starts: "+out, false)
	}
	// Without this no program has a window, and none can be told anything.
	if code, out := w.Run("", "reg", "add", `HKCU\Software\Wine\Drivers`, "/v", "Graphics", "/d", "null", "/f"); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	dll := w.Unix(`C:\windows\system32\bcryptprimitives.dll`)
	if _, err := os.Stat(dll); err != nil { // wine 9 has one
		if err := os.WriteFile(dll, forwarder(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// Unix is where a path on drive C: or Z: lies for programs outside.
func (w *Windows) Unix(path string) string {
	path = strings.ReplaceAll(path, `\`, "/")
	if rest, ok := strings.CutPrefix(path, "C:"); ok {
		return w.Prefix + "/drive_c" + rest
	}
	return strings.TrimPrefix(path, "Z:")
}

// Z is what a file outside is called inside.
func Z(path string) string { return "Z:" + strings.ReplaceAll(path, "/", `\`) }

// Run runs a program with what wine knows under that name, or a path, and returns
// its exit code and what it wrote to both outputs, with \n for line ends. dir is a
// folder outside, "" = the test's own.
func (w *Windows) Run(dir, program string, args ...string) (code int, out string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute) // what hangs is told before go test's own ten are over
	defer cancel()
	return w.RunUntil(ctx, dir, program, args...)
}

// RunUntil is Run that kills the program when ctx ends. The exit code is then −1.
func (w *Windows) RunUntil(ctx context.Context, dir, program string, args ...string) (code int, text string) {
	w.t.Helper()
	cmd := exec.CommandContext(ctx, "wine", append([]string{program}, args...)...)
	cmd.Env, cmd.Dir = w.environ(), dir
	// A file: a pipe would be kept open by the servers that wine starts.
	out, err := os.CreateTemp(w.home, "output-*")
	if err != nil {
		w.t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	b, err := os.ReadFile(out.Name())
	if err != nil {
		w.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), strings.ReplaceAll(string(b), "\r\n", "\n")
}

// Test runs the tests of a program that BuildTest made, by name, and shows what they
// wrote. They know by WINETEST=1 that everything around them may be broken.
func (w *Windows) Test(exe, run string) {
	w.t.Helper()
	env := w.Env
	w.Env = append(env[:len(env):len(env)], "WINETEST=1")
	defer func() { w.Env = env }()
	code, out := w.Run(w.home, exe, "-test.v", "-test.run="+run)
	if code != 0 || !strings.Contains(out, "--- PASS") || strings.Contains(out, "--- SKIP") {
		w.t.Errorf("exit %d\n%s", code, out)
		return
	}
	w.t.Log(out)
}

// Kill ends all that runs in the prefix at once, as a power cut does: the registry
// stays as it was saved last, by wine every half minute.
func (w *Windows) Kill() { w.stop("-k9") }

// Save ends all that runs, in order, so that the registry is saved.
func (w *Windows) Save() {
	w.stop("-k")
	_ = w.unix("wineserver", "-p").Run()
}

// stop ends the server, and then who did not notice: wine's services live on without
// one, for ever, or take the next one with them.
func (w *Windows) stop(how string) {
	_ = w.unix("wineserver", how).Run()
	_ = w.unix("wineserver", "-w").Run()
	for range 500 {
		left := w.left()
		if len(left) == 0 {
			return
		}
		for _, p := range left {
			_ = p.Kill()
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// left are the processes of the prefix that still run, where the system tells. No
// other test's have the same prefix.
func (w *Windows) left() (all []*os.Process) {
	names, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range names {
		env, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(env, []byte("\x00WINEPREFIX="+w.Prefix+"\x00")) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil {
			if p, err := os.FindProcess(pid); err == nil {
				all = append(all, p)
			}
		}
	}
	return all
}

func (w *Windows) unix(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = w.environ()
	return cmd
}

// environ has nothing of this machine's user: no Go settings, no home.
func (w *Windows) environ() []string {
	overrides := "winedbg.exe,winemenubuilder.exe,mscoree,mshtml=d"
	if len(w.Native) > 0 {
		overrides += ";" + strings.Join(w.Native, ",") + "=n"
	}
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.home, "WINEPREFIX=" + w.Prefix, "WINEDEBUG=-all", "WINEDLLOVERRIDES=" + overrides,
		"LC_ALL=C.UTF-8", "DISPLAY=", "no_proxy=*"}, w.Env...)
}

func has(tool string) bool {
	_, err := exec.LookPath(tool)
	return err == nil
}

func needs(t testing.TB, what string, have bool) {
	t.Helper()
	if have {
		return
	}
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatalf("%s is missing and YINGZAO_E2E=require", what)
	}
	t.Skipf("%s is missing", what)
}
