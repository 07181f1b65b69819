package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// result is what one way of making the release cost.
type result struct {
	name string
	wall time.Duration
	cpu  time.Duration
	peak int64 // bytes
}

// run does all commands of a subject and adds up what they cost.
func (s subject) run(ctx context.Context, dir string, env []string) (result, error) {
	r := result{name: s.name}
	if s.before != nil {
		if err := s.before(); err != nil {
			return r, err
		}
	}
	for _, args := range s.cmds {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir, cmd.Env = dir, env
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		start := time.Now()
		if err := cmd.Start(); err != nil {
			return r, err
		}
		done := make(chan struct{})
		peak := make(chan int64)
		go watch(cmd.Process.Pid, done, peak)
		err := cmd.Wait()
		r.wall += time.Since(start)
		close(done)
		r.peak = max(r.peak, <-peak)
		r.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		if err != nil {
			return r, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out.String())
		}
	}
	return r, nil
}

// watch reports the largest sum of resident sizes of a process and all below it.
func watch(pid int, done <-chan struct{}, out chan<- int64) {
	var most int64
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			out <- most
			return
		case <-tick.C:
			most = max(most, resident(pid))
		}
	}
}

// resident adds up the resident sizes of a process tree, in bytes; 0 where there
// is no /proc.
func resident(root int) int64 {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	parent, rss := map[int]int{}, map[int]int64{}
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // it ended meanwhile
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		_, rest, ok := strings.Cut(string(b), ") ") // the name before it may hold anything
		f := strings.Fields(rest)
		if !ok || len(f) < 22 {
			continue
		}
		parent[pid], _ = strconv.Atoi(f[1])
		pages, _ := strconv.ParseInt(f[21], 10, 64)
		rss[pid] = pages * int64(os.Getpagesize())
	}
	var sum int64
	for pid, size := range rss {
		for p := pid; p > 1; p = parent[p] {
			if p == root {
				sum += size
				break
			}
		}
	}
	return sum
}
