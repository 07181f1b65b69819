package bootstrap

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows/registry"
)

// B4 on Windows: whenever apply was killed, PATH is the old or the new one with its
// type, the Go that it names is whole, the next apply completes, and undo gives every
// byte back.
func TestWindowsKilledAnywhere(t *testing.T) {
	breakable(t)
	old := text(registry.EXPAND_SZ, `%USERPROFILE%\bin;;C:\tools`)
	putPath(t, old)
	sdks, h1 := sdkDir(t, "go1.26.7", "go1.26.8")
	sum := h1["go1.26.8"]
	dir := ""
	prepare := func() value {
		store(t, registry.CURRENT_USER, "Environment", "Path", old)
		dir = home(t, "dev")
		write(t, filepath.Join(dir, "AppData", "Roaming", "go", "env"), "GOSUMDB=off\r\n")
		write(t, filepath.Join(dir, ".gitconfig"), "[user]\n\tname = 名")
		apply(t, look(t, dir), Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Go: "1.26.7"})
		return pathNow(t)
	}
	files := func() string { return tree(t, dir, false, "AppData/Local/yingzao") }
	first := prepare()
	looks, took, _ := runChild(t, dir, sdks, sum, 0, 0)
	if looks < 4 {
		t.Fatalf("the context is looked at %d times", looks)
	}
	second, finished := pathNow(t), files()
	second.data, finished = strings.ReplaceAll(second.data, text(0, dir).data[:len(dir)*2], "HOME"), strings.ReplaceAll(finished, filepath.ToSlash(dir), "HOME")
	const times = 3
	deaths := 0
	for i := range looks + times {
		first = prepare()
		before := files()
		at, after := i+1, time.Duration(0)
		if i >= looks {
			at, after = 0, took*time.Duration(1+i-looks)/(times+2)
		}
		if _, _, dead := runChild(t, dir, sdks, sum, at, after); dead {
			deaths++
		}
		where := fmt.Sprintf("killed at look %d of %d, time %v of %v", at, looks, after, took)
		home := func(s string) string { return strings.ReplaceAll(s, text(0, dir).data[:len(dir)*2], "HOME") }
		if got := pathNow(t); got != first && (got.kind != second.kind || home(got.data) != second.data) {
			t.Errorf("%s: PATH is %d %q", where, got.kind, got.data)
		}
		d := look(t, dir)
		if v := d.current(); !strings.Contains(read(t, d.join("go", v, "VERSION")), v) || !exists(d.join("go", v, "bin", "go.exe")) {
			t.Errorf("%s: current is %s, and not there", where, v)
		}
		runChild(t, dir, sdks, sum, 0, 0)
		if got := pathNow(t); got.kind != second.kind || home(got.data) != second.data {
			t.Errorf("%s: the next apply makes PATH %d %q", where, got.kind, got.data)
		}
		if got := strings.ReplaceAll(files(), filepath.ToSlash(dir), "HOME"); got != finished {
			t.Errorf("%s: the next apply gives\n%s\nwant\n%s", where, got, finished)
		}
		if left, _ := filepath.Glob(d.join("go", ".*")); len(left) > 0 {
			t.Logf("%s: left %v", where, left) // the dead may hold their files for a moment
			runChild(t, dir, sdks, sum, 0, 0)
			if left, _ = filepath.Glob(d.join("go", ".*")); len(left) > 0 {
				t.Errorf("%s: left twice %v", where, left)
			}
		}
		if _, err := look(t, dir).Undo(false); err != nil {
			t.Errorf("%s: undo: %v", where, err)
		}
		if got := pathNow(t); got != first || files() != before {
			t.Errorf("%s: undo gives PATH %d %q and\n%s\nwant\n%s", where, got.kind, got.data, files(), before)
		}
		if _, err := look(t, dir).Undo(true); err != nil || pathNow(t) != old {
			t.Errorf("%s: undo of all: %v %q", where, err, pathNow(t).data)
		}
	}
	if deaths < looks {
		t.Errorf("%d of %d children were killed", deaths, looks+times)
	}
	t.Logf("%d deaths at %d places, %d of them by the clock of %v", deaths, looks+times, times, took)
}

// B5: another process waits for the lock, and goes on when it is free.
func TestWindowsLock(t *testing.T) {
	breakable(t)
	putPath(t, value{})
	sdks, h1 := sdkDir(t, "go1.26.8")
	dir := home(t, "dev")
	unlock, err := look(t, dir).Lock(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		runChild(t, dir, sdks, h1["go1.26.8"], 0, 0)
	}()
	select {
	case <-ended:
		t.Error("two at once")
	case <-time.After(time.Second):
	}
	if now := pathNow(t); now != (value{}) {
		t.Errorf("PATH is %+v", now)
	}
	unlock()
	<-ended
	if look(t, dir).current() != "go1.26.8" {
		t.Error("the one that waited did nothing")
	}
}
