package cache

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

const killed = "example.com/killed"

// files are the three files of a version; they can be made again to compare.
func files(t testing.TB, n int) map[string][]byte {
	v := version(n)
	zipped, _ := moduleZip(t, killed, v, 20_000+n%5*60_000)
	return map[string][]byte{
		key(proxy.Info, killed, v): fmt.Appendf(nil, `{"Version":%q,"Time":"2026-11-21T12:00:00Z"}`, v),
		key(proxy.Mod, killed, v):  []byte("module " + killed + "\n"),
		key(proxy.Zip, killed, v):  zipped,
	}
}

// child is "<what> <number> <directory>": store that many versions, or with 0 for
// ever, as a proxy does, and then with a word before each write; what is "once" on one
// thread, which strace counts apart.
func child(job string) {
	var what string
	var count int
	_, err := fmt.Sscan(job, &what, &count)
	dir := strings.SplitN(job, " ", 3)[2]
	if what == "once" {
		runtime.LockOSThread()
	}
	ctx := context.Background()
	var c *Cache
	if err == nil {
		c, err = Open(ctx, Options{Dir: dir})
	}
	fmt.Println("ready")
	t := &testing.B{}
	for n := 0; err == nil && (count == 0 || n < count); n++ {
		for k, data := range files(t, n) {
			err = errors.Join(err, storeSlowly(ctx, c, k, data, count == 0))
			c.Used(k)
		}
		err = errors.Join(err, c.WriteMutable(ctx, key(proxy.List, killed, ""), []byte(version(n)+"\n")))
	}
	if err == nil {
		err = c.Close()
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

// storeSlowly goes on where an earlier try stopped, and tells of each step if told to.
func storeSlowly(ctx context.Context, c *Cache, key string, data []byte, tell bool) error {
	p, err := c.Create(ctx, key)
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	if err != nil {
		return err
	}
	defer p.Park()
	for off := int(p.Have()); off < len(data); off += 32 << 10 {
		if tell {
			fmt.Println("writes")
		}
		if _, err := p.WriteAt(data[off:min(off+32<<10, len(data))], int64(off)); err != nil {
			return err
		}
	}
	return p.Commit(ctx, Record{Proof: "none", Size: int64(len(data))})
}

func spawn(t testing.TB, what string, count int, dir string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %s", childEnv, what, count, dir))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewReader(out)
}

// whole checks every file that is there against what it must be, and counts them.
func whole(t testing.TB, c *Cache) (n int) {
	t.Helper()
	want := map[string][]byte{}
	for n := range 400 {
		for k, data := range files(t, n) {
			want[k] = data
		}
		if !c.Has(key(proxy.Mod, killed, version(n))) && !c.Has(key(proxy.Mod, killed, version(n+1))) {
			break
		}
	}
	for k, data := range want {
		if !c.Has(k) {
			continue
		}
		n++
		if got := content(t, c, k); got != string(data) {
			t.Errorf("%s is torn: %d of %d bytes", k, len(got), len(data))
		}
		if _, err := c.Record(t.Context(), k); err != nil {
			t.Errorf("%s appeared before its record: %v", k, err)
		}
	}
	err := c.Check(t.Context(), "", func(f Checked) error {
		if f.Err != nil {
			t.Errorf("Check of %s: %v", f.Key, f.Err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

// complete stores so many versions, whatever a killed process left, and looks that
// nothing but them is there.
func complete(t testing.TB, dir string, versions int) {
	t.Helper()
	cmd, out := spawn(t, "fill", versions, dir)
	said, _ := io.ReadAll(out)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("the next process: %v: %s", err, said)
	}
	c, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n := whole(t, c); n < 3*versions {
		t.Errorf("%d files, want %d", n, 3*versions)
	}
	for n := range versions {
		for k := range files(t, n) {
			if !c.Has(k) {
				t.Errorf("%s is missing", k)
			}
		}
	}
	if left, err := os.ReadDir(filepath.Join(dir, tempDir)); err != nil || len(left) != 0 {
		t.Errorf("temporary files left: %v, %v", left, err)
	}
}

// P14: whatever the moment, each of info, mod and zip is absent or whole, and the
// next process completes them.
func TestP14Killed(t *testing.T) {
	t.Parallel()
	const points = 60
	sound, partial, torn := 0, 0, 0
	for point := range points {
		dir := filepath.Join(t.TempDir(), "cache")
		cmd, out := spawn(t, "fill", 0, dir)
		if line, err := out.ReadString('\n'); line != "ready\n" {
			t.Fatalf("the child said %q, %v", line, err)
		}
		// Somewhere behind one of its first writes, wherever a slow machine is by then.
		for range rand.IntN(20) {
			if line, err := out.ReadString('\n'); line != "writes\n" {
				t.Fatalf("point %d: the child said %q, %v", point, line, err)
			}
		}
		time.Sleep(time.Duration(rand.IntN(2_000)) * time.Microsecond)
		_ = cmd.Process.Kill()
		rest, _ := io.ReadAll(out)
		if err := cmd.Wait(); err == nil || strings.Trim(string(rest), "writes\n") != "" {
			t.Fatalf("point %d: the child ended by itself: %s", point, rest)
		}
		left, err := os.ReadDir(filepath.Join(dir, partialDir))
		if err != nil {
			t.Fatal(err)
		}
		partial += len(left)
		left, _ = os.ReadDir(filepath.Join(dir, tempDir))
		torn += len(left)
		c, err := Open(t.Context(), Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		n := whole(t, c)
		sound += n
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if point%6 == 0 {
			complete(t, dir, n/3+1)
		}
		if t.Failed() {
			t.Fatalf("at point %d", point)
		}
	}
	t.Logf("%d kills: %d files, all whole; %d partial and %d temporary files left and taken up", points, sound, partial, torn)
	if sound == 0 || partial+torn == 0 {
		t.Error("the kills missed the work")
	}
}

// P23: two processes fill one directory at the same time, while a third cleans it.
func TestP23TwoProcesses(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cache")
	const versions = 40
	c := open(t, Options{Dir: dir, Budget: 1, MinAge: time.Nanosecond})
	var others []*exec.Cmd
	for range 2 {
		cmd, _ := spawn(t, "fill", versions, dir)
		others = append(others, cmd)
	}
	done := make(chan error, 2)
	for _, cmd := range others {
		go func() { done <- cmd.Wait() }()
	}
	removed := 0
	for left := 2; left > 0; {
		select {
		case err := <-done:
			left--
			if err != nil {
				t.Errorf("a process failed: %v", err)
			}
		default:
			got, err := c.Collect(t.Context())
			if err != nil {
				t.Error(err)
			}
			removed += got.Removed
		}
	}
	t.Logf("%d files removed while two processes wrote; %d stayed", removed, whole(t, c))
	complete(t, dir, versions)
}
