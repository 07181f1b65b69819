package file_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every call to the system that matters fails once, the first, the second and
// so on: the command fails, says so, and no object is torn.
func TestSystemCallsFail(t *testing.T) {
	for _, tc := range []struct {
		calls, errno string
		says         string
		most         int // more times than it is called
	}{
		{"fsync", "EIO", "input/output error", 20}, {"linkat", "EIO", "input/output error", 4}, {"renameat,renameat2", "EIO", "input/output error", 8}, {"mkdirat", "ENOSPC", "no space left", 20},
	} {
		t.Run(tc.calls, func(t *testing.T) {
			failed := 0
			for n := 1; n <= tc.most; n++ {
				dir := filepath.Join(t.TempDir(), "site")
				out, err := traced(t, dir, "-o", os.DevNull, "-e", "trace="+tc.calls,
					"-e", fmt.Sprintf("inject=%s:error=%s:when=%d", tc.calls, tc.errno, n))
				st := open(t, dir)
				objects := checkWhole(t, st)
				if err == nil {
					if objects != 4 {
						t.Errorf("call %d: succeeded with %d objects", n, objects)
					}
					if n == 1 {
						t.Errorf("%s is never called", tc.calls)
					}
					break
				}
				failed++
				if !strings.Contains(out, tc.says) {
					t.Errorf("call %d: %s", n, out)
				}
			}
			t.Logf("%s failed at %d points", tc.calls, failed)
			if failed == tc.most {
				t.Errorf("still failing at call %d", tc.most)
			}
		})
	}
}

// The content is on the disk before the name, and the name before success.
func TestFlushOrder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	log := filepath.Join(t.TempDir(), "log")
	if out, err := traced(t, dir, "-y", "-o", log, "-e", "trace=fsync,linkat,renameat,renameat2"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	newName := regexp.MustCompile(`"([^"]*)"[^"]*$`)
	call := regexp.MustCompile(`(fsync|linkat|renameat2?)\((.*)\) += 0`)
	for line := range strings.Lines(string(b)) {
		m := call.FindStringSubmatch(line)
		switch {
		case m == nil || !strings.Contains(line, filepath.Dir(dir)): // a coverage run writes its own files
		case m[1] != "fsync":
			got = append(got, "name "+newName.FindStringSubmatch(m[2])[1])
		case strings.Contains(m[2], ".yingzao-uploads/"):
			got = append(got, "flush content")
		default:
			path := regexp.MustCompile(`<(.*)>`).FindStringSubmatch(m[2])[1]
			rel, _ := filepath.Rel(dir, path)
			got = append(got, "flush "+rel)
		}
	}
	want := []string{"flush ..",
		"flush content", "name put", "flush v1", "flush .",
		"flush content", "name latest", "flush .",
		"name 1.part", "flush content", "name upload", "flush v1", "flush .",
		"name 1.part", "name 2.part", "flush content", "name parts", "flush v1", "flush ."}
	if !slices.Equal(got, want) {
		t.Errorf("order\n  %q, want\n  %q\n%s", got, want, b)
	}
}

// traced runs the child that writes one object in each way, under strace.
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
	cmd := exec.Command(strace, append(append([]string{"-f", "-qq"}, flags...), self)...)
	cmd.Env = append(os.Environ(), "YINGZAO_STORE_ONCE="+dir)
	out, err := cmd.CombinedOutput()
	if bytes.Contains(out, []byte("ptrace")) {
		need(t, "the right to trace: "+string(out))
	}
	return string(out), err
}
