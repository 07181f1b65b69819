//go:build unix

package bootstrap

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
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
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
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
		os.Exit(1)
	}
	fmt.Println(int64(n) - ctx.left.Load())
}

func child(ctx context.Context, sdks, h1 string) error {
	env := environ(os.Getenv("HOME"))
	s, err := gather.Snapshot(context.Background(), gather.Options{Dir: os.Getenv("HOME"), Environ: env})
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
	if s, err = gather.Snapshot(context.Background(), gather.Options{Dir: os.Getenv("HOME"), Environ: env}); err != nil {
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
	cmd := exec.Command(os.Args[0])
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
	if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		return looks, took, true
	}
	if err != nil {
		t.Fatal(err)
	}
	return looks, took, false
}

// B4: whatever apply was doing when it was killed, current is the old Go or the
// new one and works, the next apply completes, and undo gives every byte back.
// It is killed before each file that it changes, and at times spread over the rest,
// which is the SDK.
func TestKilledAnywhere(t *testing.T) {
	sdks, h1 := sdkDir(t, "go1.26.7", "go1.26.8")
	sum := h1["go1.26.8"]
	prepare := func() (string, string) {
		dir := home(t, "dev")
		untidy(t, dir)
		apply(t, look(t, dir), Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Go: "1.26.7", KeepPath: true})
		return dir, tree(t, dir, false, ".local/share", ".local/state")
	}
	done := func(dir string) string {
		return strings.ReplaceAll(tree(t, dir, false, ".local/share/yingzao/go", ".local/state"), dir, "HOME")
	}
	dir, _ := prepare()
	looks, took, _ := runChild(t, dir, sdks, sum, 0, 0)
	if looks < 10 {
		t.Fatalf("the context is looked at %d times", looks)
	}
	finished := done(dir)
	const times = 14
	deaths := 0
	for i := range looks + times {
		dir, before := prepare()
		at, after := i+1, time.Duration(0)
		if i >= looks {
			at, after = 0, took*time.Duration(1+i-looks)/(times+2)
		}
		if _, _, dead := runChild(t, dir, sdks, sum, at, after); dead {
			deaths++
		}
		where := fmt.Sprintf("killed at look %d of %d, time %v of %v", at, looks, after, took)
		current := filepath.Join(dir, ".local/share/yingzao/go/current")
		if v, err := exec.Command(filepath.Join(current, "bin/go"), "version").Output(); err != nil || string(v) != "go version "+mustLink(t, current)+" "+demo("").GOOS+"/"+demo("").GOARCH+"\n" {
			t.Errorf("%s: current is %s, its go says %q %v", where, mustLink(t, current), v, err)
		}
		runChild(t, dir, sdks, sum, 0, 0)
		if got := done(dir); got != finished {
			t.Errorf("%s: the next apply gives\n%s\nwant\n%s", where, got, finished)
		}
		if entries, _ := filepath.Glob(filepath.Join(dir, ".local/share/yingzao/go", ".*")); len(entries) > 0 {
			t.Errorf("%s: left %v", where, entries)
		}
		if _, err := look(t, dir).Undo(false); err != nil {
			t.Errorf("%s: undo: %v", where, err)
		}
		if got := tree(t, dir, false, ".local/share", ".local/state"); got != before {
			t.Errorf("%s: undo gives\n%s\nwant\n%s", where, got, before)
		}
	}
	if deaths < looks {
		t.Errorf("%d of %d children were killed", deaths, looks+times)
	}
	t.Logf("%d deaths at %d places, %d of them by the clock of %v", deaths, looks+times, times, took)
}

// umask sets the umask and returns what gives it back.
func umask(mask int) func() {
	old := syscall.Umask(mask)
	return func() { syscall.Umask(old) }
}
