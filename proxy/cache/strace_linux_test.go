package cache

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// traced runs the child that stores one version, under strace.
func traced(t *testing.T, dir string, flags ...string) (string, error) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		need(t, "strace")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(strace, append(append([]string{"-f", "-qq", "-o", os.DevNull}, flags...), self)...)
	cmd.Env = append(os.Environ(), childEnv+"=once 1 "+dir)
	out, err := cmd.CombinedOutput()
	if bytes.Contains(out, []byte("ptrace")) {
		need(t, "the right to trace: "+string(out))
	}
	return string(out), err
}

// each runs the child so that the n-th of some calls goes wrong, for all n until
// it is not reached any more.
func each(t *testing.T, calls, fault string, look func(n int, dir, said string)) (points int) {
	t.Helper()
	for n := 1; n <= 60; n++ {
		dir := filepath.Join(t.TempDir(), "cache")
		out, err := traced(t, dir, "-e", "trace="+calls, "-e", fmt.Sprintf("inject=%s:%s:when=%d", calls, fault, n))
		if err == nil {
			if n == 1 {
				t.Errorf("%s is never called", calls)
			}
			return points
		}
		points++
		look(n, dir, out)
		if t.Failed() {
			t.Fatalf("%s %s at call %d: %s", calls, fault, n, out)
		}
	}
	t.Errorf("%s: still reached after 60", calls)
	return points
}

// P14 once more, with every call that writes as the last one of a process.
func TestP14KilledAtEveryCall(t *testing.T) {
	t.Parallel()
	for _, calls := range []string{"mkdirat", "flock", "pwrite64", "fsync", "linkat", "unlinkat", "renameat,renameat2", "utimensat", "ftruncate"} {
		t.Run(calls, func(t *testing.T) {
			t.Parallel()
			n := each(t, calls, "signal=KILL", func(n int, dir, _ string) {
				if _, err := os.Stat(dir); err == nil {
					c, err := Open(t.Context(), Options{Dir: dir})
					if err != nil {
						t.Fatal(err)
					}
					whole(t, c)
					if err := c.Close(); err != nil {
						t.Error(err)
					}
				}
				complete(t, dir, 1)
			})
			t.Logf("killed at %d calls", n)
		})
	}
}

// Every call that writes fails once: the process says so, nothing is torn, and the
// next one completes.
func TestSystemCallsFail(t *testing.T) {
	t.Parallel()
	for calls, fault := range map[string]string{"fsync": "EIO", "pwrite64": "ENOSPC", "linkat": "EIO", "renameat,renameat2": "ENOSPC", "mkdirat": "ENOSPC"} {
		t.Run(calls, func(t *testing.T) {
			t.Parallel()
			n := each(t, calls, "error="+fault, func(n int, dir, said string) {
				if !strings.Contains(said, "input/output error") && !strings.Contains(said, "no space left") {
					t.Errorf("said %q", said)
				}
				complete(t, dir, 1)
			})
			t.Logf("failed at %d calls", n)
		})
	}
}
