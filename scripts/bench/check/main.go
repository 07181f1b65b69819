// Command check measures `yingzao check` without the network: wall time over
// many runs in several states of a machine, how many commands it runs, and which
// connections it tries. The references of the same run are `go version`,
// `go env -json` and a program that does nothing.
//
//	go run ./scripts/bench/check            # 200 runs of each
//	go run ./scripts/bench/check -runs 20
//
// The connections are counted by strace over the whole process tree, when strace
// is there.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	runs := flag.Int("runs", 200, "runs of each state")
	flag.Parse()
	if err := bench(*runs); err != nil {
		log.Fatal(err)
	}
}

// state is one condition of the machine.
type state struct {
	name    string
	command []string
	env     []string
	dir     string
}

func bench(runs int) error {
	base, err := os.MkdirTemp("", "bench-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(base)
	bin := filepath.Join(base, "yingzao")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin, "./cmd/yingzao").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	repo, err := os.Getwd()
	if err != nil {
		return err
	}
	home, bricked := filepath.Join(base, "home"), filepath.Join(base, "bricked")
	for dir, env := range map[string]string{home: "GOPROXY=https://goproxy.cn,direct\n", bricked: "GOROOT=/nonexistent\n"} {
		if err := os.MkdirAll(filepath.Join(dir, ".config", "go"), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, ".config", "go", "env"), []byte(env), 0o644); err != nil {
			return err
		}
	}
	with := []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
	check := []string{bin, "check", "--format", "json", "--fail-on", "never"}
	states := []state{
		{"does nothing (yingzao version)", []string{bin, "version"}, with, repo},
		{"go version", []string{"go", "version"}, append(with[:2:2], "GOTOOLCHAIN=local"), repo},
		{"go env -json", []string{"go", "env", "-json"}, append(with[:2:2], "GOTOOLCHAIN=local"), repo},
		{"check, a project of 120 modules", check, with, repo},
		{"check, no project", check, with, home},
		{"check, bricked go", check, []string{"HOME=" + bricked, "PATH=" + os.Getenv("PATH")}, repo},
		{"check, no go", check, []string{"HOME=" + home, "PATH=" + filepath.Join(base, "empty")}, repo},
	}
	fmt.Printf("%-34s %8s %8s %8s   (ms, %d runs, interleaved)\n", "", "p50", "p95", "max", runs)
	times := make([][]time.Duration, len(states))
	for range runs {
		for i, s := range states {
			d, err := s.run()
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			times[i] = append(times[i], d)
		}
	}
	for i, s := range states {
		slices.Sort(times[i])
		at := func(q float64) float64 { return times[i][int(q*float64(len(times[i])-1))].Seconds() * 1000 }
		fmt.Printf("%-34s %8.1f %8.1f %8.1f\n", s.name, at(.5), at(.95), at(1))
	}
	return connections(states[3])
}

func (s state) run() (time.Duration, error) {
	path, err := exec.LookPath(s.command[0])
	if err != nil {
		return 0, err
	}
	cmd := exec.Command(path, s.command[1:]...)
	cmd.Env, cmd.Dir = s.env, s.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	err = cmd.Run()
	took := time.Since(start)
	if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode() == 4 { // something could not be learnt: a finding, not a failure
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("%w: %s", err, stderr.String())
	}
	return took, err
}

// connections runs a state under strace and prints what it executed and which
// sockets it opened.
func connections(s state) error {
	strace, err := exec.LookPath("strace")
	if err != nil {
		fmt.Println("strace is not there: connections were not counted")
		return nil
	}
	cmd := exec.Command(strace, append([]string{"-f", "-qq", "-e", "trace=execve,socket,connect,sendto,sendmsg"}, s.command...)...)
	cmd.Env, cmd.Dir = s.env, s.dir
	var trace bytes.Buffer
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("strace: %w", err)
	}
	execs, sockets := 0, 0
	for line := range strings.Lines(trace.String()) {
		switch {
		case strings.Contains(line, "execve") && strings.Contains(line, "= 0"): // in one line or resumed
			execs++
		case strings.Contains(line, "AF_INET"):
			sockets++
			fmt.Print("  ", line)
		}
	}
	fmt.Printf("commands run by the check: %d, internet sockets: %d\n", execs-1, sockets)
	return nil
}
