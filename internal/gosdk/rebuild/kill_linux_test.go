package rebuild

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/workdir"
)

// A SIGKILL takes the compilers with it, not only bash, and the next start removes
// what lay around.
func TestKilledBuildLeavesNothing(t *testing.T) {
	needBash(t)
	pid := filepath.Join(t.TempDir(), "pid")
	o := options(t, tree(t, "sh -c 'sleep 300 & echo $! > "+pid+".new; mv "+pid+".new "+pid+"; wait'"))
	text, err := json.Marshal(map[string]string{"GOROOT": o.GOROOT, "GOARCH": o.GOARCH, "To": o.To, "Work": o.Work})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childOptions+"="+string(text))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var grandchild string
	for begun := time.Now(); grandchild == ""; time.Sleep(10 * time.Millisecond) {
		b, _ := os.ReadFile(pid)
		grandchild = strings.TrimSpace(string(b))
		if time.Since(begun) > 2*time.Minute {
			_ = cmd.Process.Kill()
			t.Fatal("the build did not begin")
		}
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for begun := time.Now(); running(grandchild); time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatalf("process %s outlives the build", grandchild)
		}
	}
	if n, err := workdir.Sweep(o.Work); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	empty(t, o.Work)
	empty(t, o.To)
}

// running reports whether a process still does something; one that is dead and
// waits for its reaper does not.
func running(pid string) bool {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return false
	}
	_, after, _ := bytes.Cut(b, []byte(") "))
	return !bytes.HasPrefix(after, []byte("Z"))
}
