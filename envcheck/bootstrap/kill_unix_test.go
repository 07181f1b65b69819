//go:build unix

package bootstrap

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

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
	const times = 8
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

func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func wasKilled(exit *exec.ExitError) bool {
	return exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
}
