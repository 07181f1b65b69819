// Command publish measures `yingzao release publish` over a throttled link: the
// real command with default flags against an object store on the loopback
// interface, in a process of its own, that lets so many bytes a second through
// on each connection and on all of them together.
//
//	go run ./scripts/bench/publish                      # OSS, 12 × 30 MiB, 2, 10 and 40 MB/s, 80 MB/s in total
//	go run ./scripts/bench/publish -runs 5 -store cos
//	go run ./scripts/bench/publish -rates 10 -sizes 200000000,50000,50000
//
// The floor of a link is all bytes divided by the total; a row names the wall
// time of the whole command as a multiple of it. Memory is the peak resident
// size of the command, connections is how many were busy at the same time at
// most. By hand is, right after it, the same bytes over a connection count chosen
// for this link, with nothing to read, sum or publish: on a busy machine compare
// with that. After each run the same folder is published once more: nothing but
// questions may be sent. Other load on the machine takes the CPU that server and
// command share, so the median of several runs is what counts.
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
	"strconv"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	var b bench
	flag.StringVar(&b.store, "store", "oss", "oss, cos or s3")
	flag.StringVar(&b.rates, "rates", "2,10,40", "MB/s of one connection")
	flag.Float64Var(&b.total, "total", 80, "MB/s of all connections together")
	flag.IntVar(&b.files, "files", 12, "random files to publish")
	flag.Int64Var(&b.size, "size", 30<<20, "bytes of each")
	flag.StringVar(&b.sizes, "sizes", "", "bytes of the files, separated by commas, instead of -files and -size")
	flag.IntVar(&b.runs, "runs", 1, "runs of each rate; the median is marked")
	flag.StringVar(&b.bin, "yingzao", "", "the program to measure; built when not given")
	serve := flag.String("serve", "", "used by itself: be the store")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run := b.run
	if *serve != "" {
		run = func(context.Context) error { return beStore(*serve) }
	}
	if err := run(ctx); err != nil {
		stop()
		log.Fatal(err)
	}
}

type bench struct {
	store, rates, sizes, bin string
	total                    float64
	files, runs              int
	size                     int64
}

func (b bench) run(ctx context.Context) error {
	base, err := os.MkdirTemp("", "bench-publish-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(base)
	if b.bin == "" {
		b.bin = filepath.Join(base, "yingzao")
		if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", b.bin, "./cmd/yingzao").CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w\n%s", err, out)
		}
	}
	dist := filepath.Join(base, "dist")
	bytes, err := makeDist(dist, b.fileSizes())
	if err != nil {
		return err
	}
	floor := time.Duration(float64(bytes) / (b.total * 1e6) * float64(time.Second))
	fmt.Printf("%s, %d files, %.1f MB, %g MB/s in total: floor %.2f s\n", b.store, len(b.fileSizes()), float64(bytes)/1e6, b.total, floor.Seconds())
	fmt.Printf("%8s %8s %8s %8s %8s %6s %9s %8s   %s\n", "MB/s/con", "wall s", "× floor", "by hand", "RSS MB", "conns", "requests", "CPU s", "the same again: requests, body bytes, s")
	for _, text := range strings.Split(b.rates, ",") {
		rate, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return err
		}
		var all []measured
		for range b.runs {
			m, err := b.once(ctx, dist, rate)
			if err != nil {
				return err
			}
			if m.hand, err = b.byHand(ctx, bytes, rate); err != nil {
				return err
			}
			all = append(all, m)
			m.print(rate, floor, "")
		}
		if len(all) > 1 {
			slices.SortFunc(all, func(x, y measured) int { return int(x.wall - y.wall) })
			all[len(all)/2].print(rate, floor, "  median")
		}
	}
	return nil
}

func (b bench) fileSizes() []int64 {
	var sizes []int64
	for text := range strings.SplitSeq(b.sizes, ",") {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			sizes = append(sizes, n)
		}
	}
	for len(sizes) == 0 || b.sizes == "" && len(sizes) < b.files {
		sizes = append(sizes, b.size)
	}
	return sizes
}

// measured is one publication and its repetition.
type measured struct {
	wall, cpu   time.Duration
	hand        time.Duration // of the reference
	peak        int64
	connections int
	first       traffic
	second      traffic
	again       time.Duration
}

func (m measured) print(rate float64, floor time.Duration, note string) {
	fmt.Printf("%8g %8.2f %8.3f %8.3f %8.1f %6d %9d %8.2f   %d, %d, %.2f%s\n", rate, m.wall.Seconds(), m.wall.Seconds()/floor.Seconds(), m.hand.Seconds()/floor.Seconds(),
		float64(m.peak)/1e6, m.connections, m.first.Requests, m.cpu.Seconds(), m.second.Requests, m.second.Bytes, m.again.Seconds(), note)
}
