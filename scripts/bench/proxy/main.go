// Command proxy measures what a warm module proxy costs its machine: CPU time of
// the server for each request (user and system, /proc/PID/stat), peak memory and
// open files, of
//
//	nginx      static files over the same tree, the reference
//	nginx+log  the same with its access log
//	yingzao    yingzao proxy serve, built here, without access log
//	yingzao+log  the same with its access log in a file
//	goproxy    the goproxy library v0.20.0 with its directory cache (./goproxy, a module of its own)
//
// The servers run at the same time, pinned to one core, and are loaded in turn from
// another one, in rounds, so that whatever else the machine does hits all alike.
// Figures are medians over the rounds; ratios are to nginx of the same round.
//
//	go run ./scripts/bench/proxy             # 5 rounds of 3 s each
//	go run ./scripts/bench/proxy -rounds 9 -time 5s
//
// It runs on Linux. nginx and taskset are needed for the reference; wrk makes the
// load if it is there, otherwise this program does.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 5, "rounds")
	length := flag.Duration("time", 3*time.Second, "of loading one file of one server")
	load := flag.String("load", "", "make the load on this URL and print the number of requests (used by the program itself)")
	flag.Parse()
	if *load != "" {
		fmt.Println(hammer(*load, *length))
		return
	}
	if err := bench(*rounds, *length); err != nil {
		log.Fatal(err)
	}
}

// files are what is asked for, by the sizes of the fact sheet.
var files = []struct {
	name, path string
	size       int
}{
	{".info 51 B", "/example.com/bench/small/@v/v1.0.0.info", 51},
	{".mod 201 B", "/example.com/bench/small/@v/v1.0.0.mod", 201},
	{"zip 84 KB", "/example.com/bench/small/@v/v1.0.0.zip", 84_000},
	{"zip 7.0 MB", "/example.com/bench/large/@v/v1.0.0.zip", 7_000_000},
}

func bench(rounds int, length time.Duration) error {
	dir, err := os.MkdirTemp("", "bench-proxy-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // nginx may run as somebody else
		return err
	}
	servers, err := start(dir)
	defer func() {
		for _, s := range servers {
			s.stop()
		}
	}()
	if err != nil {
		return err
	}
	// cost[file][server] are microseconds of each round.
	cost := make([]map[string][]float64, len(files))
	for round := range rounds {
		for i, f := range files {
			if cost[i] == nil {
				cost[i] = map[string][]float64{}
			}
			for n := range servers { // another one begins each round
				s := servers[(n+round)%len(servers)]
				us, err := measure(s, f.path, length)
				if err != nil {
					return fmt.Errorf("%s %s: %w", s.name, f.name, err)
				}
				cost[i][s.name] = append(cost[i][s.name], us)
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, rounds)
	}
	print(servers, cost)
	return nil
}

// measure loads a server and returns its CPU time for each request in µs.
func measure(s *server, path string, length time.Duration) (float64, error) {
	before, err := s.cpu()
	if err != nil {
		return 0, err
	}
	n, err := load("http://"+s.addr+path, length)
	if err != nil {
		return 0, err
	}
	after, err := s.cpu()
	if err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, fmt.Errorf("no request was answered")
	}
	return float64((after - before).Microseconds()) / float64(n), nil
}

func print(servers []*server, cost []map[string][]float64) {
	reference := servers[0].name
	fmt.Printf("CPU µs a request, median of %d rounds (lowest – highest); ratio to %s, median of the rounds' ratios\n\n", len(cost[0][reference]), reference)
	fmt.Printf("%-12s", "")
	for _, f := range files {
		fmt.Printf(" %-32s", f.name)
	}
	fmt.Printf(" %10s %6s\n", "VmHWM MB", "files")
	for _, s := range servers {
		fmt.Printf("%-12s", s.name)
		for i := range files {
			us := cost[i][s.name]
			ratios := make([]float64, len(us))
			for r := range us {
				ratios[r] = us[r] / cost[i][reference][r]
			}
			fmt.Printf(" %-32s", fmt.Sprintf("%.1f (%.1f – %.1f) %.2f×", median(us), slices.Min(us), slices.Max(us), median(ratios)))
		}
		fmt.Printf(" %10.1f %6d\n", float64(s.peak())/1024, s.open())
	}
	if slices.ContainsFunc(servers, func(s *server) bool { return s.name == "goproxy" }) {
		fmt.Printf("\nyingzao to goproxy:")
		for i, f := range files {
			var ratios []float64
			for r, us := range cost[i]["yingzao"] {
				ratios = append(ratios, us/cost[i]["goproxy"][r])
			}
			fmt.Printf("  %s %.2f×", f.name, median(ratios))
		}
		fmt.Println()
	}
}

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	n := len(all)
	return (all[(n-1)/2] + all[n/2]) / 2
}

// pinned is a command on one core, where taskset is there.
func pinned(core string, args ...string) *exec.Cmd {
	if tool, err := exec.LookPath("taskset"); err == nil {
		args = append([]string{tool, "-c", core}, args...)
	}
	return exec.Command(args[0], args[1:]...)
}

// output runs a command to its end.
func output(c *exec.Cmd) (string, error) {
	b, err := c.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", cmp.Or(strings.Join(c.Args, " "), c.Path), err, b)
	}
	return string(b), err
}
