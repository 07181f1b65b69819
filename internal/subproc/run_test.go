package subproc

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestCancelKillsTheWholeGroup(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("process groups are a Unix matter")
	}
	ctx, cancel := context.WithCancel(context.Background())
	pidFile := filepath.Join(t.TempDir(), "pid")
	cmd := exec.CommandContext(ctx, "sh", "-c", "sleep 60 & echo $! > "+pidFile+"; wait")
	done := make(chan error, 1)
	go func() { done <- Run(cmd) }()
	var pid string
	for pid == "" {
		time.Sleep(10 * time.Millisecond)
		b, _ := os.ReadFile(pidFile)
		pid = strings.TrimSpace(string(b))
	}
	start := time.Now()
	cancel()
	if err := <-done; err == nil {
		t.Error("a cancelled command reported success")
	}
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("cancelling took %v", d)
	}
	for range 3000 {
		state, err := exec.Command("ps", "-o", "stat=", "-p", pid).Output()
		if err != nil || strings.HasPrefix(string(state), "Z") { // gone, or dead and waiting for its reaper
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the grandchild survived")
}
