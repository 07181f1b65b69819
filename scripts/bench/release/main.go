// Command release measures `yingzao release` against a plain loop of go build
// and, when it is on PATH, against goreleaser: the same project, the same
// targets, the same configuration file, the same run.
//
//	go run ./scripts/bench/release            # fzf v0.74.3, five targets
//	go run ./scripts/bench/release -runs 5 -cold=false
//
// CPU is what the kernel charged to the process and to every child it waited
// for; memory is the largest sum of resident sizes over the process tree, looked
// at every 50 ms. On a busy machine trust CPU and ratios, not wall time.
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
	"slices"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	mod := flag.String("module", "github.com/junegunn/fzf@v0.74.3", "module to release, from the module cache or GOPROXY")
	runs := flag.Int("runs", 5, "warm runs of each")
	cold := flag.Bool("cold", true, "measure with an empty GOCACHE too (minutes)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx, *mod, *runs, *cold); err != nil {
		log.Fatal(err)
	}
}

var targets = [][2]string{{"linux", "amd64"}, {"linux", "arm64"}, {"linux", "loong64"}, {"windows", "amd64"}, {"darwin", "arm64"}}

// The one configuration that both tools read; the loop does its builds section.
const config = `version: 2
project_name: bench
builds:
  - env: [CGO_ENABLED=0]
    flags: [-trimpath]
    ldflags: ["-s -w -X main.version={{ .Version }}"]
    mod_timestamp: "{{ .CommitTimestamp }}"
    targets: [linux_amd64, linux_arm64, linux_loong64, windows_amd64, darwin_arm64]
archives:
  - formats: [tar.gz]
changelog: {disable: true}
release: {disable: true}
`

// subject is one way to make the release.
type subject struct {
	name   string
	before func() error // what a run must not find
	cmds   [][]string
}

func bench(ctx context.Context, mod string, runs int, cold bool) error {
	work, err := os.MkdirTemp("", "yingzao-bench-")
	if err != nil {
		return err
	}
	defer removeAll(work)
	src, tool, cache := filepath.Join(work, "src"), filepath.Join(work, "yingzao"), filepath.Join(work, "gocache")
	if err := prepare(ctx, mod, src, tool); err != nil {
		return err
	}
	dist := filepath.Join(src, "dist")
	clean := func() error { return os.RemoveAll(dist) }
	loop := subject{name: "go build loop", before: clean}
	for _, t := range targets {
		loop.cmds = append(loop.cmds, []string{"env", "GOOS=" + t[0], "GOARCH=" + t[1], "CGO_ENABLED=0", "go", "build", "-trimpath", "-buildvcs=false",
			"-ldflags=-s -w -X main.version=1.0.0", "-o", filepath.Join(dist, t[0]+"_"+t[1], "bench"), "."})
	}
	ours := subject{name: "yingzao", before: clean, cmds: [][]string{{tool, "release", "--snapshot", "--no-publish"}}}
	again := subject{name: "yingzao, unchanged", cmds: ours.cmds}
	all := []subject{loop, ours}
	if path, err := exec.LookPath("goreleaser"); err == nil {
		all = append(all, subject{name: "goreleaser", before: clean, cmds: [][]string{{path, "release", "--snapshot", "--clean", "--skip=publish"}}})
	} else {
		fmt.Println("goreleaser is not on PATH: not measured")
	}
	env := append(os.Environ(), "GOENV=off", "GOFLAGS=", "GOTOOLCHAIN=local", "XDG_CACHE_HOME="+filepath.Join(work, "cache"))

	if cold {
		fmt.Printf("\ncold: an empty GOCACHE for each, one run\n")
		var results []result
		for i, s := range all {
			own := append(slices.Clone(env), "GOCACHE="+filepath.Join(work, fmt.Sprint("cold", i)), "XDG_CACHE_HOME="+filepath.Join(work, fmt.Sprint("coldcache", i)))
			r, err := s.run(ctx, src, own)
			if err != nil {
				return err
			}
			results = append(results, r)
			removeAll(filepath.Join(work, fmt.Sprint("cold", i)))
		}
		show(results)
	}

	fmt.Printf("\nwarm: GOCACHE filled, outputs removed before each run; median of %d, alternating\n", runs)
	warm := append(slices.Clone(env), "GOCACHE="+cache)
	all = append(all, again)
	samples := make([][]result, len(all))
	for n := range runs + 1 { // the first round fills the cache
		for i, s := range all {
			if s.name == again.name { // it has to follow a run of ours
				if _, err := ours.run(ctx, src, warm); err != nil {
					return err
				}
			}
			r, err := s.run(ctx, src, warm)
			if err != nil {
				return err
			}
			if n > 0 {
				samples[i] = append(samples[i], r)
			}
		}
	}
	var medians []result
	for _, s := range samples {
		medians = append(medians, median(s))
	}
	show(medians)
	return nil
}

// prepare gets the module's sources into a git repository and builds yingzao.
func prepare(ctx context.Context, mod, src, tool string) error {
	if err := quiet(ctx, ".", nil, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", tool, "./cmd/yingzao"); err != nil {
		return err
	}
	tmp := src + "-get"
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, "go.mod"), []byte("module bench\n"), 0o644); err != nil {
		return err
	}
	get := exec.CommandContext(ctx, "go", "mod", "download", "-json", mod)
	get.Dir = tmp
	get.Env = append(os.Environ(), "GOFLAGS=-mod=mod")
	out, err := get.Output()
	if err != nil {
		return fmt.Errorf("download %s: %w\n%s", mod, err, out)
	}
	dir := ""
	for line := range strings.Lines(string(out)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), `"Dir": "`); ok {
			dir = strings.TrimSuffix(v, `",`)
		}
	}
	if err := os.CopyFS(src, os.DirFS(dir)); err != nil {
		return err
	}
	steps := [][]string{{"chmod", "-R", "u+w", "."}, {"sh", "-c", "rm -f .goreleaser.y*ml; printf 'dist/\\n' >> .gitignore"}}
	for _, s := range steps {
		if err := quiet(ctx, src, nil, s...); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(src, ".goreleaser.yaml"), []byte(config), 0o644); err != nil {
		return err
	}
	git := []string{"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_AUTHOR_NAME=b", "GIT_AUTHOR_EMAIL=b@example.cn", "GIT_COMMITTER_NAME=b", "GIT_COMMITTER_EMAIL=b@example.cn"}
	for _, s := range [][]string{
		{"git", "init", "-q"}, {"git", "add", "-A"}, {"git", "commit", "-qm", "bench"}, {"git", "tag", "v1.0.0"},
		{"git", "remote", "add", "origin", "https://git.example.cn/bench.git"}, // goreleaser will not start without one
		{"go", "mod", "download"},
	} {
		if err := quiet(ctx, src, git, s...); err != nil {
			return err
		}
	}
	return nil
}

func quiet(ctx context.Context, dir string, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

func show(results []result) {
	base := results[0]
	fmt.Printf("%-20s %9s %9s %10s %9s %9s\n", "", "wall", "CPU", "peak RSS", "wall ×", "CPU ×")
	for _, r := range results {
		fmt.Printf("%-20s %8.2fs %8.2fs %7d MB %9.2f %9.2f\n", r.name, r.wall.Seconds(), r.cpu.Seconds(), r.peak>>20,
			r.wall.Seconds()/base.wall.Seconds(), r.cpu.Seconds()/base.cpu.Seconds())
	}
}

func median(rs []result) result {
	by := func(f func(result) time.Duration) time.Duration {
		var ds []time.Duration
		for _, r := range rs {
			ds = append(ds, f(r))
		}
		slices.Sort(ds)
		return ds[len(ds)/2]
	}
	m := result{name: rs[0].name, wall: by(func(r result) time.Duration { return r.wall }), cpu: by(func(r result) time.Duration { return r.cpu })}
	for _, r := range rs {
		m.peak = max(m.peak, r.peak)
	}
	return m
}

// removeAll removes module and build caches too, whose folders are read-only.
func removeAll(dir string) {
	_ = exec.Command("chmod", "-R", "u+w", dir).Run()
	_ = os.RemoveAll(dir)
}
