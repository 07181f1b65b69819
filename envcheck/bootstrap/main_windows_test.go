package bootstrap

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const systemEnv = `SYSTEM\CurrentControlSet\Control\Session Manager\Environment`

// breakable skips where the registry is somebody's own.
func breakable(t *testing.T) {
	t.Helper()
	if os.Getenv("WINETEST") != "1" {
		t.Skip("it changes the user's PATH; it runs under wine, see package winetest")
	}
}

// value is a value of the registry as it is stored.
type value struct {
	kind uint32 // 0 = absent
	data string
}

func text(kind uint32, s string) value {
	var b strings.Builder
	for _, u := range windows.StringToUTF16(s) {
		b.Write([]byte{byte(u), byte(u >> 8)})
	}
	return value{kind, b.String()}
}

func raw(t testing.TB, root registry.Key, key, name string) value {
	t.Helper()
	k, err := registry.OpenKey(root, key, registry.QUERY_VALUE)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	buf := make([]byte, 1<<17)
	n, kind, err := k.GetValue(name, buf)
	if errors.Is(err, fs.ErrNotExist) {
		return value{}
	}
	if err != nil {
		t.Fatal(err)
	}
	return value{kind, string(buf[:n])}
}

// put stores a value and gives what was there back at the end.
func put(t testing.TB, root registry.Key, key, name string, v value) {
	t.Helper()
	old := raw(t, root, key, name)
	store(t, root, key, name, v)
	t.Cleanup(func() { store(t, root, key, name, old) })
}

func store(t testing.TB, root registry.Key, key, name string, v value) {
	t.Helper()
	k, err := registry.OpenKey(root, key, registry.QUERY_VALUE|registry.SET_VALUE)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if v.kind == 0 {
		if err := k.DeleteValue(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return
	}
	// Not through the registry package, which writes well-formed texts alone.
	data := append([]byte(v.data), 0)
	p, err := windows.UTF16PtrFromString(name)
	if err != nil {
		t.Fatal(err)
	}
	if no, _, _ := setValue.Call(uintptr(k), uintptr(unsafe.Pointer(p)), 0, uintptr(v.kind), uintptr(unsafe.Pointer(&data[0])), uintptr(len(v.data))); no != 0 {
		t.Fatal(windows.Errno(no))
	}
}

var setValue = windows.NewLazySystemDLL("advapi32.dll").NewProc("RegSetValueExW")

func pathNow(t testing.TB) value { return raw(t, registry.CURRENT_USER, "Environment", "Path") }

func putPath(t testing.TB, v value) { put(t, registry.CURRENT_USER, "Environment", "Path", v) }

// changed is when a key was written last.
func changed(t testing.TB) int64 {
	t.Helper()
	k, err := registry.OpenKey(registry.CURRENT_USER, "Environment", registry.QUERY_VALUE)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	info, err := k.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime().UnixNano()
}

func codes(p *Plan) (all []string) {
	for _, n := range p.Notes {
		all = append(all, n.Code)
	}
	return all
}

func noted(t testing.TB, p *Plan, code string, words ...string) {
	t.Helper()
	for _, n := range p.Notes {
		if n.Code != code {
			continue
		}
		ok := true
		for _, w := range words {
			ok = ok && strings.Contains(n.Text.EN, w) && strings.Contains(n.Text.ZH, w)
		}
		if ok {
			return
		}
	}
	t.Errorf("no note %s with %q: %+v", code, words, p.Notes)
}

func die() {
	_ = windows.TerminateProcess(windows.CurrentProcess(), 1)
	select {}
}

func wasKilled(exit *exec.ExitError) bool { return exit.ExitCode() == 1 }
