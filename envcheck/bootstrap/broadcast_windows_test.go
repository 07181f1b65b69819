package bootstrap

import (
	"crypto/rand"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// listen makes a window as Explorer has one, and sends what settings it is told to
// have changed.
func listen(t *testing.T) (changes <-chan string) {
	t.Helper()
	user := windows.NewLazySystemDLL("user32.dll")
	type class struct {
		style                        uint32
		proc                         uintptr
		clsExtra, wndExtra           int32
		instance, icon, cursor, back uintptr
		menu, name                   *uint16
	}
	type message struct {
		window         uintptr
		message        uint32
		wparam, lparam uintptr
		time           uint32
		x, y           int32
	}
	got, ready := make(chan string, 10), make(chan uintptr)
	go func() {
		runtime.LockOSThread()                             // its queue; the thread ends with the goroutine
		name, _ := windows.UTF16PtrFromString(rand.Text()) // a class keeps its first procedure
		def := user.NewProc("DefWindowProcW")
		proc := windows.NewCallback(func(window, message, wparam, lparam uintptr) uintptr {
			const settingChange, close = 0x1a, 0x10
			switch message {
			case settingChange:
				got <- windows.UTF16PtrToString(*(**uint16)(unsafe.Pointer(&lparam)))
			case close:
				_, _, _ = user.NewProc("PostQuitMessage").Call(0)
			}
			r, _, _ := def.Call(window, message, wparam, lparam)
			return r
		})
		c := class{proc: proc, name: name}
		_, _, _ = user.NewProc("RegisterClassW").Call(uintptr(unsafe.Pointer(&c)))
		w, _, err := user.NewProc("CreateWindowExW").Call(0, uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(name)), 0, 0, 0, 1, 1, 0, 0, 0, 0)
		if w == 0 {
			t.Errorf("make a window: %v", err)
		}
		ready <- w
		var m message
		for w != 0 {
			if r, _, _ := user.NewProc("GetMessageW").Call(uintptr(unsafe.Pointer(&m)), 0, 0, 0); int32(r) <= 0 {
				break
			}
			_, _, _ = user.NewProc("DispatchMessageW").Call(uintptr(unsafe.Pointer(&m)))
		}
		close(got)
	}()
	w := <-ready
	t.Cleanup(func() {
		if w != 0 {
			_, _, _ = user.NewProc("PostMessageW").Call(w, 0x10, 0, 0)
		}
		for range got {
		}
	})
	return got
}

// Programs that run are told: after apply, also one that has nothing to do, and
// after undo.
func TestWindowsBroadcast(t *testing.T) {
	breakable(t)
	changes := listen(t)
	told := func(when string) {
		t.Helper()
		select {
		case what := <-changes:
			if what != "Environment" {
				t.Errorf("%s: told of %q", when, what)
			}
		case <-time.After(2 * time.Minute):
			t.Errorf("%s: not told", when)
		}
	}
	putPath(t, text(registry.EXPAND_SZ, `%USERPROFILE%\bin`))
	sdks, h1 := sdkDir(t, "go1.26.8")
	dir := home(t, "dev")
	w := Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8"}
	start := time.Now()
	apply(t, look(t, dir), w)
	told("apply")
	t.Logf("apply with a broadcast took %v", time.Since(start))
	apply(t, look(t, dir), w)
	told("apply again")
	if _, err := look(t, dir).Undo(false); err != nil {
		t.Fatal(err)
	}
	told("undo")
	select {
	case what := <-changes:
		t.Errorf("told again: %q", what)
	case <-time.After(100 * time.Millisecond):
	}
}
