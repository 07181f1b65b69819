package bootstrap

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/windows/registry"

	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func long(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(`C:\Program Files (x86)\营造 Tools\bin;`)
	}
	return b.String()[:n-1] + "x"
}

// Whatever the user's PATH is: ours comes before it, the rest stays as it is, and so
// does the type; a second apply writes nothing; undo gives every byte back.
func TestWindowsPath(t *testing.T) {
	breakable(t)
	sdks, h1 := sdkDir(t, "go1.26.8")
	for name, old := range map[string]value{
		"absent":       {},
		"expanded":     text(registry.EXPAND_SZ, `%USERPROFILE%\bin;C:\tools`),
		"plain":        text(registry.SZ, `C:\a;D:\b c`),
		"plain with %": text(registry.SZ, `%USERPROFILE%\bin`),
		"gaps":         text(registry.EXPAND_SZ, `;C:\a;;"C:\x;y\bin";`),
		"empty":        text(registry.EXPAND_SZ, ""),
		"empty plain":  text(registry.SZ, ""),
		"chinese":      text(registry.EXPAND_SZ, `C:\工具\bin`),
		"long":         text(registry.EXPAND_SZ, long(1100)),
		"longer":       text(registry.SZ, long(2100)),
		"longest":      text(registry.EXPAND_SZ, long(30000)),
		"unpaired":     {registry.EXPAND_SZ, "C\x00:\x00\\\x00\x00\xd8x\x00\x00\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			putPath(t, old)
			dir := home(t, "开 发")
			w := Wanted{Org: corp(t), SDK: sdks, Offline: true, Pins: pins(h1)}
			p := apply(t, look(t, dir), w)
			d := look(t, dir)
			kind, rest := old.kind, ""
			if old.kind == 0 {
				kind = registry.EXPAND_SZ
			} else if len(old.data) > 2 {
				rest = text(0, ";").data[:2] + old.data
			}
			ours := text(kind, filepath.Join(p.SDK.Dir, "bin")+";"+d.join("bin"))
			if rest != "" {
				ours.data = ours.data[:len(ours.data)-2] + rest
			}
			if got := pathNow(t); got != ours {
				t.Errorf("PATH is %d %q, want %d %q", got.kind, got.data, ours.kind, ours.data)
			}
			if isLong := len(ours.data)/2 > dialogLimit; isLong != slices.Contains(codes(p), "long-path") {
				t.Errorf("%d characters and notes %v", len(ours.data)/2, codes(p))
			}
			if d.current() != "go1.26.8" {
				t.Errorf("current is %q", d.current())
			}
			if got := read(t, filepath.Join(dir, "AppData", "Roaming", "go", "env")); got != "GOPROXY=https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct\nGOPRIVATE=git.corp.example\n" {
				t.Errorf("env file: %q", got)
			}
			once, when := tree(t, dir, true), changed(t)
			p, err := plan(t, d, w)
			if err != nil || !p.Empty() || p.SDK.State != Keep {
				t.Fatalf("a second plan: %v %+v\n%s", err, p.SDK, p.Files().Diff())
			}
			if err := p.Apply(context.Background(), now); err != nil || tree(t, dir, true) != once || changed(t) != when || pathNow(t) != ours {
				t.Errorf("a second apply changed something: %v", err)
			}
			restored, err := look(t, dir).Undo(false)
			if err != nil || !slices.Contains(restored, userPath) {
				t.Fatal(restored, err)
			}
			if got := pathNow(t); got != old {
				t.Errorf("after undo PATH is %d %q, it was %d %q", got.kind, got.data, old.kind, old.data)
			}
			if exists(filepath.Join(dir, "AppData", "Roaming", "go")) || exists(filepath.Join(dir, ".gitconfig")) {
				t.Error("undo left files")
			}
		})
	}
}

// A PATH that is no text is refused before anything is changed.
func TestWindowsPathOfAnotherType(t *testing.T) {
	breakable(t)
	sdks, h1 := sdkDir(t, "go1.26.8")
	for _, odd := range []value{{registry.DWORD, "\x01\x00\x00\x00"}, {registry.BINARY, "abc"}, {registry.MULTI_SZ, text(0, "C:\\a").data + "\x00\x00"}} {
		putPath(t, odd)
		dir := home(t, "dev")
		w := Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8"}
		if _, err := plan(t, look(t, dir), w); err == nil || msg.Hint(err).IsZero() {
			t.Errorf("%d: %v", odd.kind, err)
		}
		w.KeepPath = true
		noted(t, apply(t, look(t, dir), w), "path", `\go\go1.26.8\bin`, `\yingzao\bin`)
		if pathNow(t) != odd {
			t.Errorf("%d: PATH is %+v", odd.kind, pathNow(t))
		}
	}
}

// Two versions: PATH names one, undo of the second gives the first back.
func TestWindowsVersions(t *testing.T) {
	breakable(t)
	old := text(registry.EXPAND_SZ, `%USERPROFILE%\bin`)
	putPath(t, old)
	sdks, h1 := sdkDir(t, "go1.26.7", "go1.26.8")
	dir := home(t, "dev")
	w := Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Go: "1.26.7"}
	apply(t, look(t, dir), w)
	first := pathNow(t)
	w.Go = "1.26.8"
	p := apply(t, look(t, dir), w)
	if want := strings.ReplaceAll(first.data, text(0, "1.26.7").data[:12], text(0, "1.26.8").data[:12]); pathNow(t).data != want || len(p.Files().Files) != 1 {
		t.Errorf("PATH is %q, want %q; files %v", pathNow(t).data, want, p.Files().Files)
	}
	w.Go = "1.26.7"
	if _, err := plan(t, look(t, dir), w); msg.KindOf(err) != msg.Findings {
		t.Errorf("a downgrade: %v", err)
	}
	if _, err := look(t, dir).Undo(false); err != nil || pathNow(t) != first {
		t.Errorf("%v %+v", err, pathNow(t))
	}
	if _, err := look(t, dir).Undo(true); err != nil || pathNow(t) != old {
		t.Errorf("%v %+v", err, pathNow(t))
	}
}

// An installer that adds its folder after us keeps it; our part goes.
func TestWindowsUndoBesideOthers(t *testing.T) {
	breakable(t)
	sdks, h1 := sdkDir(t, "go1.26.7", "go1.26.8")
	const added = `;C:\Program Files\Editor\bin`
	for name, old := range map[string]value{"absent": {}, "there": text(registry.EXPAND_SZ, `%USERPROFILE%\bin;`), "empty": text(registry.SZ, "")} {
		putPath(t, old)
		dir := home(t, "dev")
		w := Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Go: "1.26.7"}
		apply(t, look(t, dir), w)
		first := pathNow(t)
		w.Go = "1.26.8"
		apply(t, look(t, dir), w)
		more := pathNow(t)
		more.data = more.data[:len(more.data)-2] + text(0, added).data
		store(t, registry.CURRENT_USER, "Environment", "Path", more)
		first.data = first.data[:len(first.data)-2] + text(0, added).data
		if _, err := look(t, dir).Undo(false); err != nil || pathNow(t) != first {
			t.Errorf("%s: %v %q, want %q", name, err, pathNow(t).data, first.data)
		}
		if _, err := look(t, dir).Undo(false); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		want := map[string]value{"absent": text(registry.EXPAND_SZ, added[1:]), "there": text(registry.EXPAND_SZ, `%USERPROFILE%\bin;`+added), "empty": text(registry.SZ, added[1:])}[name]
		if got := pathNow(t); got != want {
			t.Errorf("%s: %d %q, want %d %q", name, got.kind, got.data, want.kind, want.data)
		}
	}
	// Somebody took our entries out, and all there was; or the value itself.
	for _, left := range []value{text(registry.EXPAND_SZ, ""), {}} {
		putPath(t, value{})
		dir := home(t, "dev")
		apply(t, look(t, dir), Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Go: "1.26.7"})
		store(t, registry.CURRENT_USER, "Environment", "Path", left)
		if _, err := look(t, dir).Undo(false); err != nil || pathNow(t).data != "" && pathNow(t) != left {
			t.Errorf("%v %+v", err, pathNow(t))
		}
	}
}

// What the system sets against the user is named, and the new shell's PATH is told
// as Windows will make it.
func TestWindowsConflicts(t *testing.T) {
	breakable(t)
	dir := home(t, "dev")
	goDir := filepath.Join(dir, "Program Files", "Go", "bin")
	write(t, filepath.Join(goDir, "go.exe"), "a go")
	t.Setenv("PROGS", filepath.Join(dir, "Program Files"))
	for key, v := range map[string]value{
		"GOPROXY": text(registry.SZ, "https://user:secret@old.example"), "GOROOT": text(registry.SZ, `C:\Go`), "GOPRIVATE": text(registry.SZ, "a.example"), "GOSUMDB": text(registry.SZ, "off"),
		"PATH": text(registry.EXPAND_SZ, `%SystemRoot%\system32;%PROGS%\Go\bin`),
	} {
		put(t, registry.LOCAL_MACHINE, systemEnv, key, v)
	}
	for key, v := range map[string]value{"GOPROXY": text(registry.SZ, "https://own.example"), "GOPRIVATE": text(registry.SZ, "a.example"), "GOROOT": text(registry.SZ, `D:\Go`)} {
		put(t, registry.CURRENT_USER, "Environment", key, v)
	}
	putPath(t, value{})
	sdks, h1 := sdkDir(t, "go1.26.8")
	d := look(t, dir)
	p, err := plan(t, d, Wanted{Org: corp(t), SDK: sdks, Offline: true, Pins: pins(h1)})
	if err != nil {
		t.Fatal(err)
	}
	noted(t, p, "conflict", "GOPROXY", "https://own.example", `HKCU\Environment`, "old.example", `HKLM\`+systemEnv)
	noted(t, p, "conflict", "GOROOT", `C:\Go`, `D:\Go`)
	noted(t, p, "shadowed", "GOPROXY", "https://own.example", `HKCU\Environment`)
	noted(t, p, "shadowed", "GOPRIVATE", "a.example", `HKCU\Environment`)
	noted(t, p, "goroot", `HKCU\Environment`, `HKLM\`+systemEnv)
	noted(t, p, "system-path", filepath.Join(goDir, "go.exe"))
	for _, n := range p.Notes {
		if s := n.Text.EN + n.Text.ZH; strings.Contains(s, "secret") || strings.Contains(s, ":0") {
			t.Errorf("%s", s)
		}
	}
	if got := codes(p); slices.Contains(got, "several") || slices.Contains(got, "other") {
		t.Errorf("notes %v", got)
	}
	sys := os.Getenv("SystemRoot") + `\system32`
	d.environ = append(slices.DeleteFunc(d.environ, func(kv string) bool { return strings.HasPrefix(kv, "PATH=") }), "Path="+sys+";"+goDir+`\;C:\mine`)
	env := d.NewEnviron(p)
	if got, want := env[len(env)-1], "Path="+strings.Join([]string{sys, goDir + `\`, filepath.Join(p.SDK.Dir, "bin"), d.join("bin"), `C:\mine`}, ";"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// Files that others hold open, or that are to be read alone.
func TestWindowsInUse(t *testing.T) {
	breakable(t)
	old := text(registry.EXPAND_SZ, `%USERPROFILE%\bin`)
	putPath(t, old)
	sdks, h1 := sdkDir(t, "go1.26.8")
	dir := home(t, "dev")
	env := filepath.Join(dir, "AppData", "Roaming", "go", "env")
	write(t, env, "GOPROXY=https://old.example\r\n")
	w := Wanted{Org: corp(t), SDK: sdks, Offline: true, Pins: pins(h1)}
	p, err := plan(t, look(t, dir), w)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(env)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Apply(context.Background(), now); err != nil {
		t.Logf("an env file that is open: %v", err)
		if pathNow(t) != old || read(t, env) != "GOPROXY=https://old.example\r\n" {
			t.Errorf("half of it was done: %+v %q", pathNow(t), read(t, env))
		}
	}
	f.Close()
	apply(t, look(t, dir), w)
	if got := read(t, env); !strings.Contains(got, "goproxy.cn") {
		t.Errorf("%q", got)
	}
	if _, err := look(t, dir).Undo(true); err != nil || read(t, env) != "GOPROXY=https://old.example\r\n" {
		t.Errorf("%v %q", err, read(t, env))
	}

	if err := os.Chmod(env, 0o444); err != nil {
		t.Fatal(err)
	}
	apply(t, look(t, dir), w)
	if _, err := look(t, dir).Undo(true); err != nil || read(t, env) != "GOPROXY=https://old.example\r\n" {
		t.Errorf("read-only: %v %q", err, read(t, env))
	}
	if info, err := os.Stat(env); err != nil || info.Mode().Perm() != 0o444 {
		t.Errorf("%v %v", info, err)
	}

	// An SDK that is in use and has to be replaced.
	sdk := look(t, dir).join("go", "go1.26.8")
	write(t, filepath.Join(sdk, "src", "p1", "f.go"), "package p1 // changed\n")
	f, err = os.Open(filepath.Join(sdk, "bin", "go.exe"))
	if err != nil {
		t.Fatal(err)
	}
	p, err = plan(t, look(t, dir), w)
	if err != nil || p.SDK.State != Replace {
		t.Fatal(err, p)
	}
	if err := p.Apply(context.Background(), now); err != nil && msg.Hint(err).IsZero() {
		t.Errorf("an SDK in use: %v", err)
	} else {
		t.Logf("an SDK in use: %v", err)
	}
	f.Close()
	apply(t, look(t, dir), w)
	if p, err := plan(t, look(t, dir), w); err != nil || !p.Empty() {
		t.Errorf("%v %+v", err, p)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(sdk), ".*")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// ReadRegistry alone: names without a key, keys that are absent.
func TestWindowsReadRegistry(t *testing.T) {
	breakable(t)
	for _, name := range []string{`HKCU\Environment\NoSuchValue`, `HKCU\No\Such\Key\Value`} {
		if f, err := mend.ReadRegistry(name); err != nil || f.Existed || !f.Registry {
			t.Errorf("%s: %+v %v", name, f, err)
		}
	}
}
