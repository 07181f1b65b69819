package filelock

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// The test binary is also the process that dies with a lock: with this variable
// set it locks the file that it names, says so, and waits to be killed.
const childFile = "YINGZAO_TEST_FILELOCK"

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		if l, err := Try(path); err != nil || l == nil {
			os.Exit(1)
		}
		_, _ = os.Stdout.WriteString("locked\n")
		time.Sleep(time.Minute)
		return
	}
	goleak.VerifyTestMain(m)
}

func try(t *testing.T, path string) *Lock {
	t.Helper()
	l, err := Try(path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	l := try(t, path)
	if l == nil {
		t.Fatal("a new file is locked")
	}
	if try(t, path) != nil {
		t.Fatal("locked twice")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("Close removed the file: %v", err)
	}
	if l = try(t, path); l == nil {
		t.Fatal("still locked after Close")
	}
	if err := l.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Remove left the file: %v", err)
	}
	if _, err := Try(filepath.Join(path, "b")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
}

// A file that lost its name protects nothing, locked or not.
func TestTakeWithoutAName(t *testing.T) {
	for _, another := range []bool{false, true} { // whether another file has the name
		path := filepath.Join(t.TempDir(), "a.lock")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path, path+".gone"); err != nil {
			_ = f.Close()
			t.Skipf("an open file keeps its name here: %v", err)
		}
		if another {
			defer func(l *Lock) { _ = l.Remove() }(try(t, path))
		}
		if l, err := Take(f); l != nil || err != nil {
			t.Errorf("another has the name: %v; %v %v", another, l, err)
		}
		if f.Close() == nil {
			t.Error("the file was left open")
		}
	}
}

func TestTakeClosed(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "a.lock"))
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	if l, err := Take(f); l != nil || err == nil {
		t.Errorf("%v %v", l, err)
	}
}

func TestWait(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	first := try(t, path)
	cause := errors.New("no patience")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if l, err := Wait(ctx, path); l != nil || !errors.Is(err, cause) {
		t.Fatalf("%v %v", l, err)
	}
	time.AfterFunc(poll/2, func() { _ = first.Remove() })
	l, err := Wait(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Remove(); err != nil {
		t.Error(err)
	}
	if l, err := Wait(ctx, path); err != nil {
		t.Errorf("a free lock needs no patience: %v", err)
	} else if err := l.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := Wait(t.Context(), filepath.Join(path, "b")); err == nil {
		t.Error("in a folder that is not there")
	}
}

// Files come and go under one name, and yet there is one holder at a time.
func TestRemovedInTurn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	var inside, turns atomic.Int32 // the race detector does not know the kernel's lock
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for done := 0; done < 20; {
				l, err := Try(path)
				if err != nil {
					t.Error(err)
					return
				}
				if l == nil {
					time.Sleep(time.Microsecond)
					continue
				}
				if inside.Add(1) != 1 {
					t.Error("two at a time")
				}
				turns.Add(1)
				inside.Add(-1)
				if err := l.Remove(); err != nil {
					t.Error(err)
				}
				done++
			}
		})
	}
	wg.Wait()
	if turns.Load() != 160 {
		t.Errorf("%d turns", turns.Load())
	}
}

func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childFile+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, readErr := out.Read(make([]byte, 1))
	held := try(t, path) == nil
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if readErr != nil || !held {
		t.Fatalf("the child has no lock: %v", readErr)
	}
	l := try(t, path)
	if l == nil {
		t.Fatal("the dead hold the lock")
	}
	if err := l.Remove(); err != nil {
		t.Error(err)
	}
}
