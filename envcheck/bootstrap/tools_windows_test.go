package bootstrap

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestStay is a program that runs, for TestWindowsRunningTool.
func TestStay(t *testing.T) {
	if os.Getenv("YINGZAO_TEST_STAY") == "" {
		t.Skip("it is a child's")
	}
	time.Sleep(time.Minute)
}

// A tool that runs is replaced all the same, and the old one goes later.
func TestWindowsRunningTool(t *testing.T) {
	breakable(t)
	d := look(t, home(t, "dev"))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	old, fresh := d.join("bin", "gopls.exe"), d.join("bin", ".tools-1", "gopls.exe")
	write(t, old, read(t, self))
	write(t, fresh, "a newer one")
	cmd := exec.Command(old, "-test.run=^TestStay$")
	cmd.Env = append(os.Environ(), "YINGZAO_TEST_STAY=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	defer stop()
	if err := os.Remove(old); err == nil {
		t.Fatal("a program that runs can be removed here: this test shows nothing")
	}
	if err := putProgram(fresh, old); err != nil || read(t, old) != "a newer one" {
		t.Fatal(err)
	}
	aside, _ := filepath.Glob(d.join("bin", ".old-*.exe"))
	if len(aside) != 1 {
		t.Errorf("the old one is at %v", aside)
	}
	d.sweep() // it runs still
	stop()
	d.sweep()
	entries, err := os.ReadDir(d.join("bin"))
	if err != nil || len(entries) != 1 || !strings.HasPrefix(entries[0].Name(), "gopls") {
		t.Errorf("%v %v", entries, err)
	}
	if err := putProgram(d.join("bin", "none.exe"), old); err == nil || read(t, old) != "a newer one" {
		t.Errorf("from nothing: %v", err)
	}
}
