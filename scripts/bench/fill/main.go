// Command fill measures what a project costs the line to the mirrors: the stock
// go command downloads its modules by itself (the reference), through an empty
// `yingzao proxy`, and through the same proxy with every mirror dead.
//
//	go run ./scripts/bench/fill                   # this repository's own go.mod
//	go run ./scripts/bench/fill -project DIR
//	go run ./scripts/bench/fill -bundle           # across an air gap; Linux, with unshare
//
// Requests and bytes are counted by a relay on loopback that stands where the
// mirror is: the first entry of the go command's default GOPROXY, or -upstream.
// Each run has an empty module cache, an empty checksum cache and, but for the
// rows with go.sum, no go.sum, so that everything is verified.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	b := bench{}
	flag.StringVar(&b.project, "project", ".", "folder with the go.mod to download")
	flag.StringVar(&b.upstream, "upstream", "", "mirror to measure with (default: the go command's own)")
	flag.StringVar(&b.binary, "binary", "", "yingzao to measure (default: built from here)")
	flag.BoolVar(&b.bundle, "bundle", false, "make a bundle and download from it without a network, instead of the proxy's rows")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.run(ctx); err != nil {
		log.Fatal(err)
	}
}

type bench struct {
	project, upstream, binary string
	bundle                    bool
	base                      string
}

func (b *bench) run(ctx context.Context) (err error) {
	if b.base, err = os.MkdirTemp("", "bench-fill-"); err != nil {
		return err
	}
	defer removeAll(b.base)
	if b.upstream == "" {
		if b.upstream, err = defaultMirror(ctx); err != nil {
			return err
		}
	}
	if b.binary == "" {
		b.binary = filepath.Join(b.base, "yingzao")
		if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", b.binary, "./cmd/yingzao").CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w\n%s", err, out)
		}
	}
	relay, err := newRelay(b.upstream)
	if err != nil {
		return err
	}
	defer relay.close()
	fmt.Printf("%-44s %8s %8s %8s %10s %7s\n", "", "requests", "of sumdb", "MB", "of need", "s")

	need := row{}
	if err := b.row(ctx, "go mod download, straight", relay, relay.url(), false, &need); err != nil {
		return err
	}
	if b.bundle {
		return b.airgap(ctx, relay, &need)
	}
	p, err := b.serve(ctx, relay.url(), filepath.Join(b.base, "cache"))
	if err != nil {
		return err
	}
	defer func() { p.stop() }()
	if err := b.row(ctx, "through an empty proxy, no go.sum", relay, p.url, false, &need); err != nil {
		return err
	}
	if err := b.row(ctx, "again, no go.sum", relay, p.url, false, &need); err != nil {
		return err
	}
	relay.dead.Store(true)
	if err := b.row(ctx, "again, every mirror dead, no go.sum", relay, p.url, false, &need); err != nil {
		return err
	}
	relay.dead.Store(false)
	p.stop()

	sums, err := filepath.Abs(filepath.Join(b.project, "go.sum"))
	if err != nil {
		return err
	}
	config := filepath.Join(b.base, ".yingzao.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "version: 1\nproxy:\n  sumdb:\n    go_sum: [%q]\n", sums), 0o644); err != nil {
		return err
	}
	if p, err = b.serve(ctx, relay.url(), filepath.Join(b.base, "cache2"), "--config", config); err != nil {
		return err
	}
	return b.row(ctx, "through an empty proxy that knows go.sum", relay, p.url, true, &need)
}

// row is one line of the table.
type row struct {
	requests, sums, bytes int64
	took                  time.Duration
}

// row downloads once and prints what it cost; the first is the reference.
func (b *bench) row(ctx context.Context, name string, relay *relay, proxy string, sum bool, need *row) error {
	relay.reset()
	took, err := b.download(ctx, proxy, sum)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r := row{relay.requests.Load(), relay.sums.Load(), relay.bytes.Load(), took}
	if need.requests == 0 {
		*need = r
	}
	print(name, r, need)
	return nil
}

func print(name string, r row, need *row) {
	fmt.Printf("%-44s %8d %8d %8.1f %5.3f/%4.2f %7.1f\n", name, r.requests, r.sums, float64(r.bytes)/1e6,
		float64(r.bytes)/float64(need.bytes), float64(r.requests)/float64(need.requests-need.sums), r.took.Seconds())
}

// download runs go mod download with nothing in any cache.
func (b *bench) download(ctx context.Context, proxy string, sum bool) (time.Duration, error) {
	dir, err := os.MkdirTemp(b.base, "client-")
	if err != nil {
		return 0, err
	}
	defer removeAll(dir)
	return b.downloadTo(ctx, dir, proxy, sum)
}

// downloadTo does it in a folder, under the program that is given.
func (b *bench) downloadTo(ctx context.Context, dir, proxy string, sum bool, under ...string) (time.Duration, error) {
	project := filepath.Join(dir, "project")
	if err := os.MkdirAll(project, 0o755); err != nil {
		return 0, err
	}
	files := []string{"go.mod"}
	if sum {
		files = append(files, "go.sum")
	}
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(b.project, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(project, name), data, 0o644)
		}
		if err != nil {
			return 0, err
		}
	}
	args := append(under, "go", "mod", "download")
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = project
	cmd.Env = append(clean(filepath.Join(dir, "home")), "GOPROXY="+proxy, "GOFLAGS=-modcacherw")
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("go mod download: %w\n%s", err, tail(out))
	}
	return time.Since(start), nil
}

// clean is an environment in which the go command has its own defaults.
func clean(home string) []string {
	return []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "GOENV=off", "GOTOOLCHAIN=local"}
}

// defaultMirror is what the go command asks when nobody tells it otherwise.
func defaultMirror(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "GOPROXY")
	cmd.Env = clean(os.TempDir())
	out, err := cmd.Output()
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), ",")
	return first, err
}

// served is a running proxy.
type served struct {
	url string
	cmd *exec.Cmd
}

func (s *served) stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(os.Interrupt)
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// serve starts yingzao proxy serve and waits for its address.
func (b *bench) serve(ctx context.Context, upstream, cache string, more ...string) (*served, error) {
	address := cache + ".address"
	args := append([]string{"proxy", "serve", "--listen", "127.0.0.1:0", "--admin", "off", "--address-file", address, "--cache", cache, "--upstream", upstream}, more...)
	cmd := exec.CommandContext(ctx, b.binary, args...)
	cmd.Env = append(clean(filepath.Join(b.base, "home")), "XDG_CACHE_HOME="+filepath.Join(b.base, "xdg"))
	var talk strings.Builder
	cmd.Stderr = &talk
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		if data, err := os.ReadFile(address); err == nil && len(data) > 0 {
			first, _, _ := strings.Cut(string(data), "\n")
			return &served{"http://" + first, cmd}, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return nil, fmt.Errorf("the proxy did not start: %s", tail([]byte(talk.String())))
}

func tail(b []byte) string {
	if len(b) > 2000 {
		b = b[len(b)-2000:]
	}
	return strings.TrimSpace(string(b))
}

// removeAll also removes what a module cache made read-only.
func removeAll(dir string) {
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o755)
		}
		return nil
	})
	_ = os.RemoveAll(dir)
}
