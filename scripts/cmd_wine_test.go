package scripts

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/winetest"
)

// windows is a desk under wine. Its certutil and curl are stand-ins written after
// their documentation, because wine's certutil does nothing and curl is missing:
// what is shown is the script, not Microsoft's tools.
type windows struct {
	*winetest.Windows
	t           *testing.T
	exe, appdir string
}

func newWindows(t *testing.T) *windows {
	t.Helper()
	w := &windows{t: t, Windows: winetest.New(t), exe: winetest.Build(t, "./testdata/standin")}
	w.Native = []string{"certutil.exe", "curl.exe"}
	for _, tool := range w.Native {
		name := w.Unix(`C:\windows\system32\` + tool)
		_ = os.Remove(name)
		w.place(name)
	}
	_, dir := w.Run("", "cmd", "/c", "echo %LOCALAPPDATA%")
	w.appdir = w.Unix(strings.TrimSpace(dir)) + "/yingzao"
	return w
}

// place puts the program that plays them all somewhere.
func (w *windows) place(name string) {
	w.t.Helper()
	data, err := os.ReadFile(w.exe)
	if err != nil {
		w.t.Fatal(err)
	}
	write(w.t, name, string(data), 0o755)
}

// run runs a script and empties the desk before it.
func (w *windows) run(script string, args ...string) (code int, out string) {
	w.t.Helper()
	_ = os.RemoveAll(w.appdir)
	return w.again(script, args...)
}

func (w *windows) again(script string, args ...string) (code int, out string) {
	w.t.Helper()
	return w.Run(filepath.Dir(script), "cmd", append([]string{"/c", filepath.Base(script)}, args...)...)
}

// files are those that the script made.
func (w *windows) files() string {
	var all []string
	_ = filepath.WalkDir(w.appdir, func(p string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			all = append(all, strings.TrimPrefix(p, w.appdir+"/"))
		}
		return nil
	})
	return strings.Join(all, " ")
}

func TestCmdUnderWine(t *testing.T) {
	t.Parallel()
	w := newWindows(t)
	data, err := os.ReadFile(w.exe)
	if err != nil {
		t.Fatal(err)
	}
	script := func(dir string, p Pins) string {
		if p.SHA256 == nil {
			p.SHA256 = map[string]string{"linux/amd64": sumOf("x"), "windows/amd64": sumOf(string(data)), "windows/arm64": sumOf("y")}
		}
		all, err := Bootstrap(p)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, "bootstrap.cmd")
		write(t, name, string(all["bootstrap.cmd"]), 0o644)
		return name
	}
	const there = "bin/yingzao.exe"
	expect := func(name string, code, want int, out, text, files string) {
		t.Helper()
		if code != want || !strings.Contains(out, text) || w.files() != files {
			t.Errorf("%s: exit %d, want %d and %q, files %q\n%s", name, code, want, text, w.files(), out)
		}
	}

	dir := filepath.Join(t.TempDir(), "U disk")
	s := script(dir, Pins{})
	w.place(dir + "/yingzao_windows_amd64.exe")
	code, out := w.run(s)
	expect("beside the program", code, 7, out, "ran: [bootstrap] [apply]\n", there) // 7 is what the stand-in leaves with
	code, out = w.run(s, "plan", "--profile=cn", "a b")
	expect("arguments", code, 7, out, "ran: [bootstrap] [plan] [--profile=cn] [a b]\n", there)
	if err := os.Remove(dir + "/yingzao_windows_amd64.exe"); err != nil {
		t.Fatal(err)
	}
	code, out = w.again(s)
	expect("the second time", code, 7, out, "already", there)
	code, out = w.run(s)
	expect("missing file", code, 4, out, "no place has yingzao_windows_amd64.exe", "")

	write(t, dir+"/yingzao_windows_amd64.exe", string(data[:len(data)/2]), 0o755)
	code, out = w.run(s)
	expect("cut program", code, 3, out, "damaged or not genuine", "")
	if err := os.Remove(dir + "/yingzao_windows_amd64.exe"); err != nil {
		t.Fatal(err)
	}

	bundle := filepath.Join(t.TempDir(), "bundle")
	s = script(bundle, Pins{})
	w.place(bundle + "/bin/yingzao_windows_amd64.exe")
	write(t, bundle+"/bundle.json", "{}", 0o644)
	code, out = w.run(s)
	expect("bundle", code, 7, out, "ran: [bootstrap] [apply] [--from=", there)
	code, out = w.run(script(t.TempDir(), Pins{}), "--from", winetest.Z(bundle))
	expect("bundle elsewhere", code, 7, out, "ran: [bootstrap] [apply] [--from] [Z:", there)

	m := newMirror(t, string(data)).start(t)
	code, out = w.run(script(t.TempDir(), Pins{URLs: []string{m.URL + "/404", m.URL + "/wrong", m.URL + "/ok"}}))
	expect("mirrors", code, 7, out, "damaged or not genuine", there)
	code, out = w.run(script(t.TempDir(), Pins{URLs: []string{m.URL + "/404"}}))
	expect("no mirror", code, 4, out, "cannot get yingzao_windows_amd64.exe from http://", "")

	code, out = w.run(script(bundle, Pins{SHA256: map[string]string{"linux/amd64": sumOf("x")}}))
	expect("no pin for it", code, 3, out, "no yingzao for windows/amd64", "")
	unpinned := filepath.Join(bundle, "unpinned.cmd")
	write(t, unpinned, string(cmd), 0o644)
	code, out = w.run(unpinned)
	expect("no pin", code, 3, out, "holds no sum", "")

	s = script(bundle, Pins{})
	for limit, want := range map[string]int{"80": 7, "2g": 3, "MiB": 3, "512MiB": 7, "off": 7, "5B3": 3} {
		w.Env = []string{"GOMEMLIMIT=" + limit}
		code, out = w.run(s)
		expect("GOMEMLIMIT="+limit, code, want, out, map[int]string{3: "is malformed", 7: "ran:"}[want], map[int]string{7: there}[want])
	}
	w.Env = nil

	whole, err := os.ReadFile(s)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(bundle, "cut.cmd")
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for n := 1; n < len(lines)-1; n += 1 + len(lines)/12 {
		write(t, cut, string(bytes.Join(lines[:n], nil)), 0o644)
		if _, out = w.run(cut); strings.Contains(out, "ran:") || w.files() != "" {
			t.Errorf("cut behind line %d: files %q\n%s", n, w.files(), out)
		}
	}
	for _, n := range []int{8, 20, 30} { // bytes that are missing
		write(t, cut, string(whole[:len(whole)-n]), 0o644)
		if _, out = w.run(cut); strings.Contains(out, "ran:") || w.files() != "" {
			t.Errorf("%d bytes are missing: files %q\n%s", n, w.files(), out)
		}
	}

	// The old program runs, so it cannot be replaced, and is given another name.
	s = script(bundle, Pins{})
	if err := os.RemoveAll(w.appdir); err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(w.appdir, there)
	write(t, exe, string(data)+"an older one", 0o755)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.RunUntil(ctx, "", winetest.Z(exe), "wait")
	}()
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(exe + ".waits"); err == nil {
			break
		}
		if time.Since(start) > 3*time.Minute {
			t.Fatal("the old program does not start")
		}
	}
	code, out = w.again(s)
	cancel()
	<-ended
	if now, err := os.ReadFile(exe); code != 7 || !strings.Contains(out, "ran:") || err != nil || !bytes.Equal(now, data) {
		t.Errorf("a program that runs: exit %d, %d bytes %v\n%s", code, len(now), err, out)
	}
}
