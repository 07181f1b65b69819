//go:build unix

package workdir

import (
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestNewAndClose(t *testing.T) {
	base := filepath.Join(t.TempDir(), "made", "here")
	d, err := New(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{base, d.Path()} {
		if fi, err := os.Stat(dir); err != nil || fi.Mode() != os.ModeDir|0o700 {
			t.Errorf("%s: %v, %v", dir, fi, err)
		}
	}
	if !filepath.IsAbs(d.Path()) {
		t.Errorf("path %s", d.Path())
	}
	if err := fillWithModules(d.Path()); err != nil {
		t.Fatal(err)
	}
	if n, err := Sweep(base); n != 0 || err != nil {
		t.Errorf("swept %d of the living, %v", n, err)
	}
	holds(t, base, d.Path())
	var wg sync.WaitGroup
	for range 4 { // a signal handler and a defer may both come
		wg.Go(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	holds(t, base)
}

func TestSweepOfNothing(t *testing.T) {
	if n, err := Sweep(filepath.Join(t.TempDir(), "none")); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// One ends by TERM, one by KILL, one lives: the next start sweeps the killed
// one and nothing else.
func TestThreeProcesses(t *testing.T) {
	base := t.TempDir()
	chmod(t, base, 0o700)
	term, kill, alive := start(t, base), start(t, base), start(t, base)
	holds(t, base, sorted(term.path, kill.path, alive.path)...)
	term.signal(t, syscall.SIGTERM)
	kill.signal(t, syscall.SIGKILL)
	holds(t, base, sorted(kill.path, alive.path)...)

	d, err := New(base)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, base, sorted(alive.path, d.Path())...)
	if _, err := os.Stat(filepath.Join(alive.path, "mod", "example.com", "m@v1.0.0", "internal", "m.go")); err != nil {
		t.Errorf("the living one was touched: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if err := alive.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if err := alive.Wait(); err != nil {
		t.Error(err)
	}
	holds(t, base)
}

func TestThirtyKilledAtOnce(t *testing.T) {
	base := t.TempDir()
	chmod(t, base, 0o700)
	var all []*process
	for range 30 {
		all = append(all, start(t, base))
	}
	var wg sync.WaitGroup
	for _, p := range all {
		wg.Go(func() { p.signal(t, syscall.SIGKILL) })
	}
	wg.Wait()
	var left []string
	for _, p := range all {
		left = append(left, p.path)
	}
	holds(t, base, sorted(left...)...)
	began := time.Now()
	d, err := New(base)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("30 leases swept in %v", time.Since(began))
	holds(t, base, d.Path())
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// Many start, sweep and close at once: nobody loses a directory that is in use,
// and the dead are counted once.
func TestConcurrent(t *testing.T) {
	base := t.TempDir()
	chmod(t, base, 0o700)
	doomed := []*process{start(t, base), start(t, base), start(t, base)}
	for _, p := range doomed {
		p.signal(t, syscall.SIGKILL)
	}
	var mu sync.Mutex
	swept := 0
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				n, err := Sweep(base)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				swept += n
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if swept != 3 {
		t.Errorf("four sweepers counted %d dead, want 3", swept)
	}
	for range 8 {
		wg.Go(func() {
			for range 25 {
				d, err := New(base)
				if err != nil {
					t.Error(err)
					return
				}
				file := filepath.Join(d.Path(), "f")
				if err := os.WriteFile(file, nil, 0o600); err != nil {
					t.Errorf("the directory is gone while in use: %v", err)
				}
				if _, err := os.Stat(file); err != nil {
					t.Errorf("the file is gone while in use: %v", err)
				}
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if _, err := Sweep(base); err != nil {
		t.Error(err)
	}
	holds(t, base)
}

// What looks like a lease but is none, and what is not ours to judge, stays.
func TestSweepLeavesStrangersAlone(t *testing.T) {
	base := t.TempDir()
	chmod(t, base, 0o700)
	outside := filepath.Join(t.TempDir(), "precious")
	for _, err := range []error{
		os.WriteFile(outside, nil, 0o600),
		os.Symlink(outside, filepath.Join(base, "w-1.lock")),
		os.Mkdir(filepath.Join(base, "w-2.lock"), 0o700),
		os.Mkdir(filepath.Join(base, "w-3"), 0o700),
		os.WriteFile(filepath.Join(base, "notes"), nil, 0o600),
		// A dead lease whose directory holds a link: the link goes, not its target.
		os.WriteFile(filepath.Join(base, "w-4.lock"), nil, 0o600),
		os.Mkdir(filepath.Join(base, "w-4"), 0o700),
		os.Symlink(filepath.Dir(outside), filepath.Join(base, "w-4", "link")),
		// And one that died before it made its directory.
		os.WriteFile(filepath.Join(base, "w-5.lock"), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, err := Sweep(base); n != 2 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	for _, name := range []string{"w-1.lock", "w-2.lock", "w-3", "notes"} {
		if _, err := os.Lstat(filepath.Join(base, name)); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"w-4", "w-4.lock", "w-5.lock"} {
		if _, err := os.Lstat(filepath.Join(base, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	if _, err := os.Stat(outside); err != nil {
		t.Errorf("outside the base: %v", err)
	}
}
