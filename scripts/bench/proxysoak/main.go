// Command proxysoak lets `yingzao proxy serve` work for a long time, a little at a
// time, and looks whether it grows: clients ask for what is there, for what is not
// there yet, for what does not exist, for lists and for the checksum database, some
// leave in the middle, mirrors fail now and then, and the cache has less room than
// there are modules.
//
//	go run ./scripts/bench/proxysoak -for 15m
//	GOEXPERIMENT=goroutineleakprofile go build -o yz ./cmd/yingzao
//	go run ./scripts/bench/proxysoak -binary yz -for 5m -requests 10000
//
// Every 10 s it prints what the process holds (Linux: from /proc), and in the end the
// verdict, by its exit status too: resident memory at most 1.2 times what it was after
// the warm-up, goroutines and file descriptors no more than then, no answer that
// differs from the first one to the same question, and no leaked goroutine where
// the binary can tell.
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
	o := options{}
	flag.StringVar(&o.binary, "binary", "", "yingzao to soak (default: built from here)")
	flag.DurationVar(&o.length, "for", 15*time.Minute, "how long")
	flag.DurationVar(&o.warm, "warm", 0, "how much of that is warm-up (default: a third)")
	flag.IntVar(&o.rate, "rate", 60, "requests a second, about; 0 = as many as it answers")
	flag.IntVar(&o.clients, "clients", 8, "clients at a time")
	flag.IntVar(&o.modules, "modules", 1200, "modules that the mirrors have")
	flag.Int64Var(&o.requests, "requests", 0, "ends after so many requests, too; 0 = when the time is over")
	flag.Parse()
	if o.warm == 0 {
		o.warm = o.length / 3
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		log.Fatal(err)
	}
}

type options struct {
	binary        string
	length, warm  time.Duration
	rate, clients int
	modules       int
	requests      int64
}

func run(ctx context.Context, o options) error {
	base, err := os.MkdirTemp("", "proxysoak-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(base)
	if o.binary == "" {
		o.binary = filepath.Join(base, "yingzao")
		if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", o.binary, "./cmd/yingzao").CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w\n%s", err, out)
		}
	}
	w, err := newWorld(o.modules)
	if err != nil {
		return err
	}
	defer w.close()
	p, err := serve(ctx, o.binary, base, w)
	if err != nil {
		return err
	}
	defer p.kill()
	fmt.Printf("%s, %d modules, %d clients, %d requests a second\n", o.length, o.modules, o.clients, o.rate)

	inner, cancel := context.WithTimeout(ctx, o.length)
	defer cancel()
	load := newLoad(w, p.public, o)
	done := make(chan struct{})
	go func() { defer close(done); load.run(inner, cancel) }()
	go w.trouble(inner)
	samples, err := watch(inner, p, load)
	cancel()
	<-done
	if err != nil {
		return err
	}
	fmt.Println(load)
	time.Sleep(3 * time.Second) // connections that were left end
	leaked, leakErr := p.leaks(ctx)
	bad := verdict(samples, o.warm)
	switch {
	case leakErr != nil:
		fmt.Println("leaked goroutines: the binary cannot tell:", leakErr)
	case leaked != 0:
		bad = append(bad, fmt.Sprintf("%d goroutines leaked", leaked))
	default:
		fmt.Println("leaked goroutines: 0")
	}
	bad = append(bad, load.wrong()...)
	start := time.Now()
	if err := p.stop(); err != nil {
		bad = append(bad, "it ended with "+err.Error()+"\n"+p.talk.String())
	}
	fmt.Printf("stopped within %.1f s\n", time.Since(start).Seconds())
	if len(bad) > 0 {
		return fmt.Errorf("FAILED\n%s", strings.Join(bad, "\n"))
	}
	fmt.Println("ok")
	return nil
}
