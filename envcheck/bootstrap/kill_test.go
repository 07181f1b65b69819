package bootstrap

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck/gather"
)

const killEnv = "YINGZAO_TEST_KILL"

// deadly is a context that kills this process when it is looked at for the n-th
// time: fetching, extracting and the journal look before each step.
type deadly struct {
	context.Context
	left *atomic.Int64
}

func (c deadly) Err() error {
	if c.left.Add(-1) == 0 {
		die()
	}
	return c.Context.Err()
}

// killed is the child: an apply of 1.26.8 that ends early. Without an end it
// says how often the context was looked at.
func killed() {
	n, _ := strconv.Atoi(os.Getenv(killEnv))
	ctx := deadly{context.Background(), &atomic.Int64{}}
	ctx.left.Store(int64(n))
	if err := child(ctx, os.Getenv("YINGZAO_TEST_SDK"), os.Getenv("YINGZAO_TEST_H1")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	fmt.Println(int64(n) - ctx.left.Load())
}

func child(ctx context.Context, sdks, h1 string) error {
	env := environ(os.Getenv("HOME"))
	s, err := gather.Snapshot(context.Background(), gather.Options{Dir: os.Getenv("HOME"), Environ: env, Patience: time.Minute})
	if err != nil {
		return err
	}
	d, err := Look(s, env)
	if err != nil {
		return err
	}
	unlock, err := d.Lock(ctx, nil)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := d.Recover(); err != nil {
		return err
	}
	if s, err = gather.Snapshot(context.Background(), gather.Options{Dir: os.Getenv("HOME"), Environ: env, Patience: time.Minute}); err != nil {
		return err
	}
	if d, err = Look(s, env); err != nil {
		return err
	}
	o, err := ParseOrg("yingzao.yaml", []byte(orgText))
	if err != nil {
		return err
	}
	p, err := Make(context.Background(), d, Wanted{Org: o, SDK: sdks, Offline: true, Pins: func(string, string) (string, string) { return h1, "" }})
	if err != nil {
		return err
	}
	defer p.Close()
	fmt.Println("ready") // from here on the parent's clock runs
	return p.Apply(ctx, now)
}

// runChild runs an apply that kills itself at a look at its context, or that we
// kill after a time; 0 = never. It returns how many looks there were, how long
// it took, and whether it was killed.
func runChild(t *testing.T, dir, sdks, h1 string, at int, after time.Duration) (looks int, took time.Duration, dead bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(environ(dir), killEnv+"="+strconv.Itoa(cmp.Or(at, 1_000_000)), "YINGZAO_TEST_SDK="+sdks, "YINGZAO_TEST_H1="+h1)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	_, _ = r.ReadString('\n')
	start := time.Now()
	if after > 0 {
		time.Sleep(after)
		_ = cmd.Process.Kill()
	}
	line, _ := r.ReadString('\n')
	took = time.Since(start)
	looks, _ = strconv.Atoi(strings.TrimSpace(line))
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && wasKilled(exit) {
		return looks, took, true
	}
	if err != nil {
		t.Fatal(err)
	}
	return looks, took, false
}
