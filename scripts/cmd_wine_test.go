package scripts

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// windows is a Windows as far as wine is one. Its certutil and curl are stand-ins
// written after their documentation, because wine's certutil does nothing and curl
// is missing: what is shown is the script, not Microsoft's tools.
type windows struct {
	t                   *testing.T
	prefix, exe, appdir string
	env                 []string
}

func newWindows(t *testing.T) *windows {
	t.Helper()
	if testing.Short() {
		t.Skip("wine takes seconds to start")
	}
	needs(t, "wine", has("wine"))
	needs(t, "go", has("go"))
	w := &windows{t: t, prefix: filepath.Join(t.TempDir(), "prefix")}
	w.exe = filepath.Join(t.TempDir(), "stand-in.exe")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", w.exe, "./testdata/standin")
	build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Cleanup(func() { _ = w.command("wineserver", "-k").Run() })
	_ = w.command("wineserver", "-p").Run() // stays, so that each start is a short one
	if out, err := w.command("wine", "cmd", "/c", "exit 0").CombinedOutput(); err != nil {
		needs(t, "a wine that starts: "+string(out), false)
	}
	system := filepath.Join(w.prefix, "drive_c/windows/system32")
	write(t, filepath.Join(system, "bcryptprimitives.dll"), string(forwarder()), 0o644)
	for _, tool := range []string{"certutil.exe", "curl.exe"} {
		_ = os.Remove(filepath.Join(system, tool))
		w.place(filepath.Join(system, tool))
	}
	out, err := w.command("wine", "cmd", "/c", "echo %LOCALAPPDATA%").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := strings.TrimPrefix(strings.TrimSpace(string(out)), `C:\`)
	w.appdir = filepath.Join(w.prefix, "drive_c", strings.ReplaceAll(dir, `\`, "/"), "yingzao")
	return w
}

func (w *windows) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "WINEPREFIX="+w.prefix, "WINEDEBUG=-all", "WINEDLLOVERRIDES=winedbg.exe,mscoree,mshtml=d;certutil.exe,curl.exe=n", "DISPLAY=", "GOMEMLIMIT=", "no_proxy=*")
	cmd.Env = append(cmd.Env, w.env...)
	return cmd
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

func (w *windows) again(script string, args ...string) (code int, text string) {
	w.t.Helper()
	cmd := w.command("wine", append([]string{"cmd", "/c", filepath.Base(script)}, args...)...)
	cmd.Dir = filepath.Dir(script)
	// A file: a pipe would be kept open by the servers that wine starts.
	out, err := os.Create(filepath.Join(filepath.Dir(w.exe), "output"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		w.t.Fatal(err)
	}
	b, err := os.ReadFile(out.Name())
	if err != nil {
		w.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), strings.ReplaceAll(string(b), "\r\n", "\n")
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
	code, out = w.run(script(t.TempDir(), Pins{}), "--from", "Z:"+strings.ReplaceAll(bundle, "/", `\`))
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
		w.env = []string{"GOMEMLIMIT=" + limit}
		code, out = w.run(s)
		expect("GOMEMLIMIT="+limit, code, want, out, map[int]string{3: "is malformed", 7: "ran:"}[want], map[int]string{7: there}[want])
	}
	w.env = nil

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
}

// forwarder is a bcryptprimitives.dll whose one function is one of advapi32: wine 8
// has none, and without it no Go program starts.
func forwarder() []byte {
	const rva = 0x1000
	names := "bcryptprimitives.dll\x00ProcessPrng\x00advapi32.SystemFunction036\x00"
	name, function, target := 50, 50+21, 50+21+12
	var d bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&d, binary.LittleEndian, v) // a buffer takes everything
		}
	}
	size := uint32(50 + len(names))
	d.WriteString("MZ")
	d.Write(make([]byte, 0x3a))
	put(uint32(0x40))
	d.WriteString("PE\x00\x00")
	put(uint16(0x8664), uint16(1), uint32(0), uint32(0), uint32(0), uint16(240), uint16(0x2022))
	put(uint16(0x20b), uint16(0), uint32(0), uint32(0), uint32(0), uint32(0), uint32(0), uint64(0x180000000), uint32(0x1000), uint32(0x200))
	put(uint16(6), uint16(0), uint16(0), uint16(0), uint16(6), uint16(0), uint32(0), uint32(0x2000), uint32(0x200), uint32(0), uint16(2), uint16(0x160))
	put(uint64(0), uint64(0), uint64(0), uint64(0), uint32(0), uint32(16))
	put(uint32(rva), size, make([]byte, 15*8))
	d.WriteString(".rdata\x00\x00")
	put(size, uint32(rva), uint32(0x200), uint32(0x200), make([]byte, 12), uint32(0x40000040))
	d.Write(make([]byte, 0x200-d.Len()))
	put(uint32(0), uint32(0), uint32(0), uint32(rva+name), uint32(1), uint32(1), uint32(1), uint32(rva+40), uint32(rva+44), uint32(rva+48))
	put(uint32(rva+target), uint32(rva+function), uint16(0))
	d.WriteString(names)
	d.Write(make([]byte, 0x400-d.Len()))
	return d.Bytes()
}
