package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is one of those that are compared.
type server struct {
	name, addr string
	cmd        *exec.Cmd
}

// start makes the tree and starts everything that is there; the first is the
// reference.
func start(dir string) (all []*server, err error) {
	tree := filepath.Join(dir, "tree")
	for _, f := range files {
		name := filepath.Join(tree, filepath.FromSlash(f.path))
		body := make([]byte, f.size)
		rand.NewChaCha8([32]byte{1}).Read(body)
		if err := write(name, body); err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, ".zip") {
			if err := write(name+"hash", []byte("h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")); err != nil {
				return nil, err
			}
		}
	}
	if _, err := exec.LookPath("nginx"); err == nil {
		for _, access := range []string{"", "access.log"} {
			s, err := startNginx(dir, tree, access)
			if err != nil {
				return all, err
			}
			all = append(all, s)
		}
	} else {
		fmt.Fprintln(os.Stderr, "nginx is not there: ratios are to ourselves")
	}
	bin := filepath.Join(dir, "yingzao")
	if _, err := output(exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin, "./cmd/yingzao")); err != nil {
		return all, err
	}
	for _, access := range []string{"off", filepath.Join(dir, "yingzao.log")} {
		s, err := startYingzao(dir, tree, bin, access)
		if err != nil {
			return all, err
		}
		all = append(all, s)
	}
	ref := filepath.Join(dir, "goproxy")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", ref, ".")
	build.Dir = "scripts/bench/proxy/goproxy"
	if _, err := output(build); err != nil {
		fmt.Fprintln(os.Stderr, "goproxy cannot be built, it is left out:", err)
		return all, nil
	}
	s := &server{name: "goproxy", cmd: pinned("0", ref, tree)}
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		return all, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	s.addr = strings.TrimSpace(line)
	return append(all, s), err
}

func write(name string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, body, 0o644)
}

func startNginx(dir, tree, access string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{name: "nginx", addr: l.Addr().String()}
	_ = l.Close()
	log := "off"
	if access != "" {
		s.name, log = "nginx+log", filepath.Join(dir, access)
	}
	conf := filepath.Join(dir, s.name+".conf")
	text := fmt.Sprintf(`daemon off; master_process off; worker_processes 1; pid %[1]s/%[2]s.pid; error_log %[1]s/%[2]s.err;
events { worker_connections 512; }
http {
	types { application/zip zip; application/json info; text/plain mod; }
	sendfile on; tcp_nopush on; keepalive_requests 1000000; access_log %[3]s;
	client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
	server { listen %[4]s; root %[5]s; }
}
`, dir, s.name, log, s.addr, tree)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		return nil, err
	}
	s.cmd = pinned("0", "nginx", "-p", dir, "-c", conf)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	return s, s.wait()
}

func startYingzao(dir, tree, bin, access string) (*server, error) {
	s := &server{name: "yingzao"}
	if access != "off" {
		s.name = "yingzao+log"
	}
	conf, addr := filepath.Join(dir, s.name+".yaml"), filepath.Join(dir, s.name+".addr")
	text := fmt.Sprintf("version: 1\nproxy:\n  mirrors: []\n  sumdb: {databases: []}\n  log: {access: %q}\n", access)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		return nil, err
	}
	s.cmd = pinned("0", bin, "proxy", "serve", "--config", conf, "--listen", "127.0.0.1:0", "--admin", "off", "--cache", tree, "--offline", "--address-file", addr)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		if b, err := os.ReadFile(addr); err == nil && len(b) > 0 {
			s.addr, _, _ = strings.Cut(string(b), "\n")
			return s, s.wait()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return s, fmt.Errorf("%s does not start", s.name)
}

// wait waits until the server answers.
func (s *server) wait() error {
	for range 100 {
		if c, err := net.Dial("tcp", s.addr); err == nil {
			return c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s does not answer", s.name)
}

func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		_ = s.cmd.Wait()
	}
}

func (s *server) proc(name string) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.cmd.Process.Pid, name))
	return string(b)
}

// cpu is the process's user and system time so far; the kernel counts in
// hundredths of a second.
func (s *server) cpu() (time.Duration, error) {
	_, rest, ok := strings.Cut(s.proc("stat"), ") ")
	f := strings.Fields(rest)
	if !ok || len(f) < 13 {
		return 0, fmt.Errorf("%s is gone", s.name)
	}
	user, err := strconv.ParseInt(f[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, err
}

// peak is the largest resident memory so far, in KiB.
func (s *server) peak() int {
	_, rest, _ := strings.Cut(s.proc("status"), "VmHWM:")
	n, _ := strconv.Atoi(strings.Fields(rest + " 0")[0])
	return n
}

// open is how many files are open.
func (s *server) open() int {
	list, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	return len(list)
}
