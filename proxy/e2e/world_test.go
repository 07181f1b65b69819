package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "yingzao-e2e-")
	if err != nil {
		panic(err)
	}
	programs.dir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// thorough reports whether long tests are asked for.
func thorough() bool { return os.Getenv("YINGZAO_E2E") != "" }

// missing skips a test that lacks something, or fails it.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatalf("this needs %s, and YINGZAO_E2E=require asks for it", what)
	}
	t.Skipf("this needs %s", what)
}

func write(t testing.TB, name, text string) string {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(name), 0o755)
	if err == nil {
		err = os.WriteFile(name, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// programs are built once.
var programs struct {
	dir  string
	real sync.Once
	err  error
}

// program is the path of yingzao.
func program(t testing.TB) string {
	t.Helper()
	path := filepath.Join(programs.dir, "yingzao")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	programs.real.Do(func() { programs.err = build(path) })
	if programs.err != nil {
		t.Fatal(programs.err)
	}
	return path
}

func build(path string, more ...string) error {
	args := append([]string{"build", "-buildvcs=false", "-ldflags=-s -w", "-o", path}, more...)
	cmd := exec.Command("go", append(args, "./cmd/yingzao")...)
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build yingzao: %w\n%s", err, out)
	}
	return nil
}

// site is a proxy that runs as a process.
type site struct {
	public, admin string // host:port
	dir           string // the folder of its configuration
	cmd           *exec.Cmd
	talk          *words
	ended         chan struct{}
	err           error // of the end
}

// setup says how a proxy is started.
type setup struct {
	program string   // "" = the real one
	dir     string   // with .yingzao.yaml and whatever it names; "" = a new one
	config  string   // the section proxy: behind the usual lines; "" = what dir has
	args    []string // further ones
	env     []string // further NAME=VALUE
	listen  string   // "" = 127.0.0.1:0
}

// words is what a program says.
type words struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// start runs a proxy until the test ends.
func start(t testing.TB, s setup) *site {
	t.Helper()
	if s.program == "" {
		s.program = program(t)
	}
	if s.dir == "" {
		s.dir = t.TempDir()
	}
	if s.config != "" {
		write(t, filepath.Join(s.dir, ".yingzao.yaml"), "version: 1\nproxy:\n  downloads: {mirrors: []}\n"+s.config)
	}
	if s.listen == "" {
		s.listen = "127.0.0.1:0"
	}
	address := filepath.Join(t.TempDir(), "address")
	args := append([]string{"proxy", "serve", "--listen", s.listen, "--admin", "127.0.0.1:0", "--address-file", address}, s.args...)
	x := &site{dir: s.dir, talk: &words{}, ended: make(chan struct{})}
	x.cmd = exec.Command(s.program, args...)
	x.cmd.Dir, x.cmd.Stdout, x.cmd.Stderr = s.dir, x.talk, x.talk
	x.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "XDG_CACHE_HOME=" + filepath.Join(s.dir, "xdg"), "TMPDIR=" + t.TempDir(), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}, s.env...)
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { x.err = x.cmd.Wait(); close(x.ended) }()
	t.Cleanup(x.kill)
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		data, _ := os.ReadFile(address)
		if lines := strings.Fields(string(data)); len(lines) == 2 && bytes.HasSuffix(data, []byte("\n")) {
			x.public, x.admin = lines[0], lines[1]
			return x
		}
		select {
		case <-x.ended:
			t.Fatalf("the proxy ended: %v\n%s", x.err, x.talk)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("the proxy does not listen:\n%s", x.talk)
		}
	}
}

// kill is SIGKILL, and waits until the process is gone.
func (x *site) kill() {
	_ = x.cmd.Process.Kill()
	<-x.ended
}

// stop ends it as an operator does.
func (x *site) stop(t testing.TB) {
	t.Helper()
	_ = x.cmd.Process.Signal(os.Interrupt)
	select {
	case <-x.ended:
	case <-time.After(2 * time.Minute):
		x.kill()
		t.Fatalf("it did not end:\n%s", x.talk)
	}
	if x.err != nil {
		t.Errorf("it ended with %v\n%s", x.err, x.talk)
	}
}

// fetch is one GET; err is of the way, not of the status.
func fetch(ctx context.Context, c *http.Client, url string, header ...string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

func get(t testing.TB, url string, header ...string) (status int, body string) {
	t.Helper()
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	status, b, err := fetch(t.Context(), &http.Client{Transport: tr, Timeout: 5 * time.Minute}, url, header...)
	if err != nil {
		t.Fatal(err)
	}
	return status, string(b)
}

// client is a stock go command with nothing in its caches.
type client struct {
	t    testing.TB
	home string
	env  []string
}

func newClient(t testing.TB, proxy string, more ...string) *client {
	t.Helper()
	home := mirrortest.Home(t)
	return &client{t, home, append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "USERPROFILE=" + home, "GOENV=off", "GOPATH=" + filepath.Join(home, "gopath"), "GOCACHE=" + filepath.Join(home, "gocache"),
		"GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "GOVCS=*:off", "GOPROXY=" + proxy, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}, more...)}
}

// run runs the go command in a folder of the client's with these files.
func (c *client) run(ctx context.Context, files map[string]string, args ...string) (stdout, stderr string, err error) {
	dir := filepath.Join(c.home, "project")
	for name, text := range files {
		write(c.t, filepath.Join(dir, name), text)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, c.env
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err = cmd.Run()
	return o.String(), e.String(), err
}

// file reads a file of the project; "" when it is not there.
func (c *client) file(name string) string {
	b, _ := os.ReadFile(filepath.Join(c.home, "project", name))
	return string(b)
}

// downloaded is one answer of go mod download -json.
type downloaded struct{ Path, Version, Query, Error, Info, Zip, Sum, GoModSum string }

func parseDownloads(t testing.TB, out string) (all []downloaded) {
	t.Helper()
	for dec := json.NewDecoder(strings.NewReader(out)); ; {
		var d downloaded
		if err := dec.Decode(&d); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		all = append(all, d)
	}
}
