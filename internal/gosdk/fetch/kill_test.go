package fetch

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
)

// childEnv makes the test binary a process that downloads: cache, GOPROXY, h1.
const childEnv = "YINGZAO_FETCH_TEST_CHILD"

func child() {
	arg := strings.Fields(os.Getenv(childEnv))
	ps, err := goenv.ParseProxies(arg[1])
	if err != nil {
		panic(err)
	}
	s, err := Find(context.Background(), demo, "", Options{Cache: arg[0], Mirrors: ps, H1: arg[2], Archives: []string{}, Client: httpx.New(httpx.Options{})})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(s.H1)
}

func start(t *testing.T, cache, goproxy, h1 string) (*exec.Cmd, *strings.Builder) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childEnv+"="+cache+" "+goproxy+" "+h1)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, &out
}

// A process that is killed leaves its part, and the next one goes on from there. The
// mirror keeps the last byte back, so that nobody is done before it is killed.
func TestKilled(t *testing.T) {
	files := release()
	zip, sum := moduleZip(t, files), h1(t, demo, files)
	m, cache := serve(t, zip), t.TempDir()
	part := filepath.Join(cache, zipName+".part")
	for _, until := range []int64{1, 30 << 10, 100 << 10} {
		cmd, out := start(t, cache, m.list("allbutone"), sum)
		for deadline := time.Now().Add(2 * time.Minute); size(part) < until && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if cmd.Wait() == nil || size(part) < until {
			t.Fatalf("it was not killed while it downloaded: %s", out)
		}
		left, err := os.ReadDir(cache)
		for _, e := range left {
			if !strings.HasPrefix(e.Name(), zipName+".") {
				t.Errorf("left behind: %s, %v", e.Name(), err)
			}
		}
	}
	before, have := len(m.requests()), size(part)
	s, err := found(t, Options{Cache: cache, Mirrors: proxies(t, m.list("ok")), H1: sum})
	if err != nil || s.H1 != sum {
		t.Fatal(err)
	}
	// Another URL than the part's, so its ETag says nothing.
	last := m.requests()[before:]
	if len(last) != 1 || last[0].Range != fmt.Sprintf("bytes=%d-", have) || last[0].IfRange != "" {
		t.Errorf("%d bytes were there, asked: %+v", have, last)
	}
	if left, _ := os.ReadDir(cache); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// Several processes and goroutines at once download the file once.
func TestTogether(t *testing.T) {
	files := release()
	zip, tgz, sum := moduleZip(t, files), archiveOf(t, files), h1(t, demo, files)
	m, cache := serve(t, zip), t.TempDir()
	cmd1, out1 := start(t, cache, m.list("slow"), sum)
	cmd2, out2 := start(t, cache, m.list("slow"), sum)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if s, err := found(t, Options{Cache: cache, Mirrors: proxies(t, m.list("slow")), H1: sum}); err != nil || s.H1 != sum {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := cmd1.Wait(); err != nil {
		t.Errorf("%v: %s", err, out1)
	}
	if err := cmd2.Wait(); err != nil {
		t.Errorf("%v: %s", err, out2)
	}
	if len(m.requests()) != 1 {
		t.Errorf("%d downloads: %+v", len(m.requests()), m.requests())
	}

	a := serve(t, tgz)
	for range 3 {
		wg.Go(func() {
			if s, err := found(t, Options{Cache: cache + "/trees", Archives: a.bases("slow"), H1: sum}); err != nil || s.H1 != sum {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(a.requests()) != 1 {
		t.Errorf("%d downloads: %+v", len(a.requests()), a.requests())
	}
}

// Who waits for another process can be interrupted.
func TestWaitingEnds(t *testing.T) {
	files := release()
	cache := t.TempDir()
	f := finder{o: Options{Cache: cache}, want: demo}
	unlock, err := f.lock(t.Context(), zipName)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	m := serve(t, moduleZip(t, files))
	_, err = Find(ctx, demo, "", Options{Cache: cache, Mirrors: proxies(t, m.list("ok")), H1: h1(t, demo, files), Client: client(t, httpx.Options{})})
	if err == nil || ctx.Err() == nil || len(m.requests()) > 0 {
		t.Errorf("%v, %v", err, m.requests())
	}
}
