package scripts

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// mirror serves the program below /MODE/, each mode with a fault of its own.
type mirror struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // path and range
}

func newMirror(t *testing.T, content string) *mirror {
	m := &mirror{}
	broken := 0
	m.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		m.asked = append(m.asked, r.URL.Path+" "+r.Header.Get("Range"))
		mode := strings.Split(r.URL.Path, "/")[1]
		if mode == "break" && broken < 2 { // the first two answers end early
			broken++
			m.mu.Unlock()
			body := content
			var from int
			if n, _ := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); n == 1 {
				body = body[from:]
				w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
				w.Header().Set("Content-Length", strconv.Itoa(len(body)))
				w.WriteHeader(http.StatusPartialContent)
			} else {
				w.Header().Set("Content-Length", strconv.Itoa(len(body)))
				w.Header().Set("Accept-Ranges", "bytes")
			}
			_, _ = w.Write([]byte(body[:len(body)/2]))
			panic(http.ErrAbortHandler)
		}
		m.mu.Unlock()
		switch mode {
		case "404":
			http.NotFound(w, r)
		case "html":
			_, _ = w.Write([]byte("<!DOCTYPE html>\n<html>please log in</html>"))
		case "wrong":
			_, _ = w.Write([]byte(content + "#"))
		default:
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
		}
	}))
	m.Config.ErrorLog = nil
	return m
}

func (m *mirror) start(t *testing.T) *mirror {
	m.Start()
	t.Cleanup(m.Close)
	return m
}

// only makes PATH of the desk hold nothing but these and what every system has.
func (d *desk) only(tools ...string) {
	for _, tool := range append(tools, "sh", "cat", "cut", "tr", "sed", "dd", "mkdir", "chmod", "mv", "rm", "dirname", "head", "tail", "sha256sum", "ls", "kill", "printf") {
		if p, err := exec.LookPath(tool); err == nil {
			_ = os.Symlink(p, filepath.Join(d.path, tool))
		}
	}
	d.env = append(d.env, "PATH="+d.path)
}

// clients are the downloaders of this machine, each alone on PATH.
func clients(t *testing.T, each func(t *testing.T, name string, prepare func(*desk))) {
	for _, name := range []string{"curl", "wget", "busybox wget"} {
		t.Run(name, func(t *testing.T) {
			tool, _, busy := strings.Cut(name, " ")
			needs(t, tool, has(tool))
			each(t, name, func(d *desk) {
				if busy {
					p, _ := exec.LookPath("busybox")
					d.only()
					d.fake("wget", "exec "+p+" wget \"$@\"")
				} else {
					d.only(tool)
				}
			})
		})
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	m := newMirror(t, program).start(t)
	clients(t, func(t *testing.T, name string, prepare func(*desk)) {
		for _, tc := range []struct {
			modes []string
			code  int
			text  string
		}{
			{[]string{"ok"}, 0, "ran: [bootstrap]"},
			{[]string{"404", "html", "wrong", "ok"}, 0, "sent a web page instead"},
			{[]string{"404"}, 4, "no place has yingzao_linux_amd64"},
			{[]string{"html"}, 3, "a login page of the network"},
			{[]string{"wrong", "404"}, 3, "damaged or not genuine: sha256"},
		} {
			d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
			prepare(d)
			script := pinned(t, t.TempDir(), Pins{})
			var args []string
			for _, mode := range tc.modes {
				args = append(args, "--url", m.URL+"/"+mode+"/")
			}
			code, out := d.run(script, args...)
			if code != tc.code || !strings.Contains(out, tc.text) {
				t.Errorf("%v: exit %d, want %d and %q\n%s", tc.modes, code, tc.code, tc.text, out)
			}
			if want := map[bool]string{true: installed}[tc.code == 0]; d.files() != want {
				t.Errorf("%v: files %q", tc.modes, d.files())
			}
		}
	})
}

// The addresses of the caller, of the environment and of the head, in this order.
func TestOrderOfPlaces(t *testing.T) {
	t.Parallel()
	needs(t, "curl", has("curl"))
	m := newMirror(t, program).start(t)
	d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
	d.env = []string{"YINGZAO_TOOL_URL=" + m.URL + "/404/c," + m.URL + "/404/d"}
	script := pinned(t, t.TempDir(), Pins{URLs: []string{m.URL + "/404/e", m.URL + "/ok"}})
	if code, out := d.run(script, "--url", m.URL+"/404/a", "--url="+m.URL+"/404/b"); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	var got strings.Builder
	for _, a := range m.asked {
		got.WriteString(strings.Split(a, "/")[2][:1])
	}
	if got.String() != "abcdey" {
		t.Errorf("asked %v", m.asked)
	}
}

// A weak link: what came is kept, and the next try begins behind it.
func TestBrokenOffAndContinued(t *testing.T) {
	t.Parallel()
	content := program + strings.Repeat("# filled up\n", 200_000)
	clients(t, func(t *testing.T, name string, prepare func(*desk)) {
		m := newMirror(t, content).start(t)
		d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
		prepare(d)
		script := pinned(t, t.TempDir(), Pins{SHA256: map[string]string{"linux/amd64": sumOf(content)}, URLs: []string{m.URL + "/break"}})
		code, out := d.run(script)
		if code != 0 || d.files() != installed || len(m.asked) != 3 || !strings.Contains(m.asked[2], "bytes=") {
			t.Errorf("exit %d, files %q, asked %q\n%s", code, d.files(), m.asked, out)
		}
	})
}

func TestNothingToDownloadWith(t *testing.T) {
	t.Parallel()
	d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
	d.only()
	if code, out := d.run(pinned(t, t.TempDir(), Pins{URLs: []string{"https://dl.example"}})); code != 4 || !strings.Contains(out, "neither curl nor wget") {
		t.Errorf("exit %d\n%s", code, out)
	}
	// A folder needs neither.
	dir := t.TempDir()
	write(t, dir+"/yingzao_linux_amd64", program, 0o644)
	if code, out := d.run(pinned(t, dir, Pins{})); code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// A company that looks into TLS is named, and --ca gives its certificate.
func TestCertificateOfTheSite(t *testing.T) {
	t.Parallel()
	needs(t, "curl", has("curl"))
	m := newMirror(t, program)
	m.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	m.Config.ErrorLog = quiet()
	m.StartTLS()
	t.Cleanup(m.Close)
	var b bytes.Buffer
	_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: m.Certificate().Raw})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, b.String(), 0o644)
	script := pinned(t, t.TempDir(), Pins{URLs: []string{m.URL}})
	d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
	if code, out := d.run(script); code != 4 || !strings.Contains(out, "--ca FILE") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, out := d.run(script, "--ca", ca); code != 0 || !strings.HasSuffix(out, "[apply] [--ca="+ca+"]") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestNoSecretIsShown(t *testing.T) {
	t.Parallel()
	d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
	d.fake("curl", "exit 22")
	_, out := d.run(pinned(t, t.TempDir(), Pins{}), "--url", "https://user:pa@ss@dl.example/x?token=hidden", "--url", "https://only@dl.example")
	if strings.Contains(out, "pa@ss") || strings.Contains(out, "ss@") || strings.Contains(out, "hidden") || strings.Contains(out, "only@") || !strings.Contains(out, "https://dl.example/x") {
		t.Error(out)
	}
}

// What a killed run left is removed, what another run is working on is not.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := pinned(t, dir, Pins{})
	write(t, dir+"/yingzao_linux_amd64", program, 0o644)
	d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Skip(err)
	}
	bin := filepath.Join(d.home, ".local/share/yingzao/bin")
	gone, live := fmt.Sprintf("/.yingzao.%d.part", dead.Process.Pid), fmt.Sprintf("/.yingzao.%d.part", os.Getpid())
	write(t, bin+gone, "half", 0o600)
	write(t, bin+live, "half", 0o600)
	if code, out := d.run(script); code != 0 || d.files() != ".local/share/yingzao/bin"+live+" "+installed {
		t.Errorf("exit %d, files %q\n%s", code, d.files(), out)
	}
}

// A signal in the middle of a download leaves what was there before, and nothing else.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	if signal.Ignored(syscall.SIGHUP) {
		// Under nohup the children would ignore it too, and a shell cannot trap what
		// was ignored when it began; with a handler here they begin with the default.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	dir := t.TempDir()
	for _, shell := range shells() {
		for _, sig := range []string{"INT", "TERM", "HUP"} {
			d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
			d.shell = shell
			write(t, filepath.Join(d.home, installed), "the old one", 0o755)
			d.fake("curl", "echo half >\"$HOME/.local/share/yingzao/bin/.yingzao.$PPID.part\"; kill -"+sig+" $PPID; sleep 0.1; exit 0")
			code, out := d.run(pinned(t, dir, Pins{URLs: []string{"https://dl.example"}}))
			old, _ := os.ReadFile(filepath.Join(d.home, installed))
			if code < 128 || d.files() != installed || string(old) != "the old one" {
				t.Errorf("%s %s: exit %d, files %q\n%s", shell, sig, code, d.files(), out)
			}
		}
	}
}

func TestCannotWriteOrStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, tc := range map[string]struct{ program, home, text string }{
		"HOME is a file":  {program, "/dev/null", "cannot write to /dev/null/"},
		"no HOME":         {program, "", "HOME is not set"},
		"noexec":          {"#!/bin/sh\nexit 126\n", "tmp", "mounted noexec"},
		"it crashes":      {"#!/bin/sh\necho SIGILL >&2\nexit 132\n", "tmp", "does not start here (exit 132): SIGILL"},
		"another machine": {"\x7fELF garbage", "tmp", "programs may not be started"},
	} {
		t.Run(name, func(t *testing.T) {
			place := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
			write(t, place+"/yingzao_linux_amd64", tc.program, 0o644)
			d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
			if tc.home != "tmp" {
				d.env = []string{"HOME=" + tc.home}
			}
			code, out := d.run(pinned(t, place, Pins{SHA256: map[string]string{"linux/amd64": sumOf(tc.program)}}))
			if code != 1 || !strings.Contains(out, tc.text) || d.files() != "" {
				t.Errorf("exit %d, files %q\n%s", code, d.files(), out)
			}
		})
	}
}

func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := pinned(t, dir, Pins{})
	write(t, dir+"/yingzao_linux_amd64", program, 0o644)
	d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if code, out := d.run(script); code != 0 {
				t.Errorf("exit %d\n%s", code, out)
			}
		})
	}
	wg.Wait()
	if d.files() != installed {
		t.Errorf("files %q", d.files())
	}
}
