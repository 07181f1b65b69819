package deploy

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	_ "github.com/yingzao-dev/yingzao/proxy/server" // what is built and run: else go test would remember a result of yesterday's
)

// program is the real one, built once for all tests; "" with -short, where nothing
// is built.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "deploy")
	if err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(cleaner{m, dir}, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// cleaner tells where the program goes before the tests run.
type cleaner struct {
	m   *testing.M
	dir string
}

func (c cleaner) Run() int {
	program = filepath.Join(c.dir, "yingzao")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	return c.m.Run()
}

// build makes the program unless it is there.
func build(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the program and runs it many times")
	}
	if _, err := os.Stat(program); err == nil {
		return program
	}
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, "../../cmd/yingzao").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

// everything reports whether tests that take long are asked for.
func everything() bool { return os.Getenv("YINGZAO_E2E") == "require" }

func write(t testing.TB, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// replica is one process of the proxy, which may be stopped and started again. Its
// directory stays.
type replica struct {
	t      testing.TB
	dir    string // .yingzao.yaml, cache/, stderr
	env    []string
	cmd    *exec.Cmd
	done   chan error
	addr   atomic.Pointer[string] // nil while it is down
	starts int
	change func(*exec.Cmd) // before it starts; nil = nothing
}

// newReplica starts a proxy with a section proxy: of its own.
func newReplica(t testing.TB, section string, env []string) *replica {
	t.Helper()
	r := &replica{t: t, dir: t.TempDir(), env: env}
	write(t, filepath.Join(r.dir, ".yingzao.yaml"), "version: 1\nproxy:\n  listen: 127.0.0.1:0\n  admin: {listen: off}\n  downloads: {mirrors: []}\n  log: {access: off}\n"+
		strings.ReplaceAll(section, "DIR", filepath.Join(r.dir, "cache")))
	t.Cleanup(func() {
		if r.cmd != nil && r.cmd.ProcessState == nil {
			_ = r.cmd.Process.Kill()
			<-r.done
		}
	})
	r.start()
	return r
}

func (r *replica) start() {
	r.t.Helper()
	name := filepath.Join(r.dir, "address")
	_ = os.Remove(name)
	log, err := os.OpenFile(filepath.Join(r.dir, "stderr"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		r.t.Fatal(err)
	}
	defer log.Close()
	r.starts++
	r.cmd = exec.Command(build(r.t), "proxy", "serve", "--address-file", name)
	r.cmd.Dir, r.cmd.Stderr = r.dir, log
	r.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.dir, "LANG=C"}, r.env...)
	if r.change != nil {
		r.change(r.cmd)
	}
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	cmd, done := r.cmd, make(chan error, 1)
	r.done = done
	go func() { done <- cmd.Wait() }()
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if b, err := os.ReadFile(name); err == nil && strings.Count(string(b), "\n") == 2 {
			addr, _, _ := strings.Cut(string(b), "\n")
			r.addr.Store(&addr)
			return
		}
		select {
		case err := <-done:
			done <- err
			r.t.Fatalf("the proxy ended: %v\n%s", err, r.log())
		default:
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("the proxy does not listen:\n%s", r.log())
		}
	}
}

// end sends a signal and waits; the error is that of the process.
func (r *replica) end(s os.Signal) error {
	r.t.Helper()
	if s == os.Kill {
		r.addr.Store(nil)
	}
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Error(err)
	}
	select {
	case err := <-r.done:
		r.addr.Store(nil)
		return err
	case <-time.After(3 * time.Minute):
		return fmt.Errorf("still there 3 min after %v", s)
	}
}

func (r *replica) log() string {
	b, _ := os.ReadFile(filepath.Join(r.dir, "stderr"))
	return string(b)
}

// front spreads requests over replicas in turn, as a Service does, and goes on to
// the next when one does not take a connection. What breaks off later breaks off
// for the client.
func front(t testing.TB, replicas []*replica) string {
	t.Helper()
	tr := &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{ErrorLog: quiet(), Handler: &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.Out.URL.Scheme = "http" },
		Transport: &inTurn{replicas: replicas, by: tr}, ErrorLog: quiet(),
	}}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(ln) }()
	t.Cleanup(func() {
		_ = srv.Close()
		<-done
		tr.CloseIdleConnections()
	})
	return "http://" + ln.Addr().String()
}

type inTurn struct {
	replicas []*replica
	by       http.RoundTripper
	n        atomic.Int64
}

func (f *inTurn) RoundTrip(r *http.Request) (*http.Response, error) {
	var err error = fmt.Errorf("no replica is up")
	first := int(f.n.Add(1))
	for i := range f.replicas {
		addr := f.replicas[(first+i)%len(f.replicas)].addr.Load()
		if addr == nil {
			continue
		}
		out := r.Clone(r.Context())
		out.URL.Host = *addr
		resp, e := f.by.RoundTrip(out)
		if e == nil {
			return resp, nil
		}
		if err = e; r.Context().Err() != nil {
			break
		}
	}
	return nil, err
}

// terminate is what a system sends first.
var terminate os.Signal = syscall.SIGTERM

func timeout(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
