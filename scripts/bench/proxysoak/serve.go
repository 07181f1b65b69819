package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

var quiet = log.New(io.Discard, "", 0)

// token is that of the diagnostics, for this run.
const token = "soak-soak-soak-soak-soak-soak-soak-soak"

// served is the proxy's process.
type served struct {
	public, admin string
	cmd           *exec.Cmd
	talk          *tail
}

// tail keeps the last words of a program.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if len(t.b) > 4000 {
		t.b = append([]byte(nil), t.b[len(t.b)-2000:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}

func serve(ctx context.Context, binary, base string, w *world) (*served, error) {
	tokenFile, config, address := filepath.Join(base, "token"), filepath.Join(base, ".yingzao.yaml"), filepath.Join(base, "address")
	if err := os.WriteFile(tokenFile, []byte(token), 0o600); err != nil {
		return nil, err
	}
	text := fmt.Sprintf(`version: 1
proxy:
  listen: 127.0.0.1:0
  admin: {token_file: %q}
  mirrors: [%q, %q]
  sumdb: {databases: [%q]}
  cache: {dir: %q, budget: 40MiB, min_age: 20s}
  downloads: {mirrors: []}
  limits: {memory: 16MiB}
  routes:
    - {match: example.com/group3, block: of no use here}
  log: {access: 'off'}
`, tokenFile, w.faces[0].url, w.faces[1].url, w.mirror.SumDBKey(), filepath.Join(base, "cache"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	p := &served{talk: &tail{}}
	p.cmd = exec.Command(binary, "proxy", "serve", "--config", config, "--admin", "127.0.0.1:0", "--address-file", address)
	p.cmd.Dir, p.cmd.Stderr = base, p.talk
	p.cmd.Env = []string{"HOME=" + base, "PATH=" + os.Getenv("PATH")}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	for range 400 {
		data, _ := os.ReadFile(address)
		if lines := strings.Fields(string(data)); len(lines) == 2 {
			p.public, p.admin = "http://"+lines[0], "http://"+lines[1]
			return p, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.kill()
	return nil, fmt.Errorf("the proxy did not start: %s", p.talk)
}

func (p *served) kill() {
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

func (p *served) stop() error {
	_ = p.cmd.Process.Signal(os.Interrupt)
	err := p.cmd.Wait()
	p.cmd = nil
	return err
}

func (p *served) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.admin+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, resp.Status)
	}
	return b, err
}

var total = regexp.MustCompile(`goroutineleak profile: total (\d+)`)

// leaks is what the profile of leaked goroutines says.
func (p *served) leaks(ctx context.Context) (int, error) {
	b, err := p.get(ctx, "/debug/pprof/goroutineleak?debug=1")
	if err != nil {
		return 0, err
	}
	m := total.FindSubmatch(b)
	if m == nil {
		return 0, fmt.Errorf("not understood: %.100q", b)
	}
	n, err := strconv.Atoi(string(m[1]))
	if n > 0 {
		fmt.Printf("%s\n", b)
	}
	return n, err
}

// sample is what the process holds.
type sample struct {
	at                     time.Duration
	rss, heap, goroutines  float64
	fds, threads, requests float64
	cpu                    float64 // seconds so far
}

// watch samples every 10 s until ctx ends.
func watch(ctx context.Context, p *served, l *load) ([]sample, error) {
	fmt.Printf("%8s %8s %8s %10s %5s %8s %9s %6s %6s\n", "s", "RSS MB", "heap MB", "goroutines", "fds", "threads", "requests", "cpu s", "cores")
	start := time.Now()
	var all []sample
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return all, nil
		case <-tick.C:
		}
		s := sample{at: time.Since(start), requests: float64(l.asked.Load())}
		metrics, err := p.get(ctx, "/metrics")
		if ctx.Err() != nil {
			return all, nil
		}
		if err != nil {
			return all, fmt.Errorf("%w\n%s", err, p.talk)
		}
		for line := range strings.Lines(string(metrics)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			to := map[string]*float64{"go_goroutines": &s.goroutines, "go_memstats_heap_inuse_bytes": &s.heap, "process_open_fds": &s.fds,
				"process_resident_memory_bytes": &s.rss, "go_threads": &s.threads, "process_cpu_seconds_total": &s.cpu}[name]
			if to != nil {
				*to, _ = strconv.ParseFloat(value, 64)
			}
		}
		if n, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid)); err == nil {
			s.fds = float64(len(n))
		}
		cores := 0.0
		if len(all) > 0 {
			last := all[len(all)-1]
			cores = (s.cpu - last.cpu) / (s.at - last.at).Seconds()
		}
		fmt.Printf("%8.0f %8.1f %8.1f %10.0f %5.0f %8.0f %9.0f %6.1f %6.2f\n", s.at.Seconds(), s.rss/1e6, s.heap/1e6, s.goroutines, s.fds, s.threads, s.requests, s.cpu, cores)
		all = append(all, s)
	}
}

// verdict compares the last fifth with what was after the warm-up, a fifth as well.
func verdict(all []sample, warm time.Duration) (bad []string) {
	var after []sample
	for _, s := range all {
		if s.at >= warm {
			after = append(after, s)
		}
	}
	n := len(after) / 5
	if n < 2 {
		fmt.Println("verdict: too short to tell whether it grows")
		return nil
	}
	first, last := after[:n], after[len(after)-n:]
	for _, x := range []struct {
		what  string
		unit  float64
		of    func(sample) float64
		limit func(first float64) float64
	}{
		{"RSS MB", 1e6, func(s sample) float64 { return s.rss }, func(f float64) float64 { return 1.2 * f }},
		{"heap in use MB", 1e6, func(s sample) float64 { return s.heap }, func(f float64) float64 { return 1.5*f + 4e6 }}, // between two collections it moves
		{"goroutines", 1, func(s sample) float64 { return s.goroutines }, func(f float64) float64 { return 1.2*f + 10 }},
		{"file descriptors", 1, func(s sample) float64 { return s.fds }, func(f float64) float64 { return 1.2*f + 10 }},
	} {
		a, b := mean(first, x.of), mean(last, x.of)
		fmt.Printf("%-18s after warm-up %8.1f  at the end %8.1f  ×%.2f\n", x.what, a/x.unit, b/x.unit, b/a)
		if b > x.limit(a) {
			bad = append(bad, x.what+" grew")
		}
	}
	return bad
}

func mean(all []sample, of func(sample) float64) float64 {
	sum := 0.0
	for _, s := range all {
		sum += of(s)
	}
	return sum / float64(len(all))
}
