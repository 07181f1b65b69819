//go:build unix

package bootstrap

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// untidy makes start files of every sort.
func untidy(t testing.TB, dir string) {
	write(t, filepath.Join(dir, ".profile"), "export A=1") // no newline at the end
	write(t, filepath.Join(dir, ".bash_profile"), "# crlf\r\n. ~/.bashrc\r\n")
	write(t, filepath.Join(dir, "dot files", "bashrc"), "# \xff\xfe not UTF-8\n")
	write(t, filepath.Join(dir, ".zshrc"), "# only to be read\n")
	write(t, filepath.Join(dir, ".config", "fish", "config.fish"), "")
	write(t, filepath.Join(dir, ".config", "go", "env"), "GOSUMDB=off\r\nGOROOT=/nonexistent\r\nGOPRIVATE=own.example\r\n")
	write(t, filepath.Join(dir, ".gitconfig"), "[user]\n\tname = 名")
	if err := os.Symlink("dot files/bashrc", filepath.Join(dir, ".bashrc")); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{".zshrc": 0o444, ".gitconfig": 0o600} {
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
}

// A second apply changes not even a time; undo gives back every byte and mode.
func TestApplyTwiceAndUndo(t *testing.T) {
	sdks, h1 := sdkDir(t, "go1.26.8")
	for _, name := range []string{"dev", "开 发 'x\"$y`"} {
		dir := home(t, name)
		untidy(t, dir)
		before := tree(t, dir, false)
		w := Wanted{Org: corp(t), SDK: sdks, Offline: true, Pins: pins(h1)}
		p, err := plan(t, look(t, dir), w)
		if err != nil {
			t.Fatal(err)
		}
		if p.Empty() || p.SDK.State != Install || p.SDK.Size == 0 || !strings.HasSuffix(p.SDK.Source, ".zip") {
			t.Errorf("plan: %+v", p.SDK)
		}
		if tree(t, dir, false) != before {
			t.Fatal("a plan changed something")
		}
		apply(t, look(t, dir), w)
		if got := read(t, filepath.Join(dir, ".config", "go", "env")); got != "GOPRIVATE=own.example,git.corp.example\nGOPROXY=https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct\n" {
			t.Errorf("env file: %q", got)
		}
		for _, f := range []string{".profile", ".bash_profile", ".bashrc", ".zshrc", ".zprofile", ".config/fish/conf.d/yingzao.fish"} {
			if !strings.Contains(read(t, filepath.Join(dir, f)), "/go/current/bin") {
				t.Errorf("%s has no block", f)
			}
		}
		if info, _ := os.Lstat(filepath.Join(dir, ".bashrc")); info.Mode()&os.ModeSymlink == 0 {
			t.Error(".bashrc is no link any more")
		}
		once := tree(t, dir, true)
		p, err = plan(t, look(t, dir), w)
		if err != nil || !p.Empty() || p.SDK.State != Keep {
			t.Fatalf("a second plan: %v %+v\n%s", err, p.SDK, p.Files().Diff())
		}
		if err := p.Apply(context.Background(), now); err != nil || tree(t, dir, true) != once {
			t.Errorf("a second apply changed something: %v", err)
		}
		restored, err := look(t, dir).Undo(false)
		if err != nil || len(restored) == 0 {
			t.Fatal(restored, err)
		}
		if got := tree(t, dir, false, ".local"); got+".local drwxr-xr-x\n" != before && got != before {
			t.Errorf("after undo:\n%s\nbefore:\n%s", got, before)
		}
		if again, err := look(t, dir).Undo(false); err != nil || again != nil {
			t.Errorf("a second undo: %v %v", again, err)
		}
	}
}

// What others wrote in between stays, our part goes.
func TestUndoBesideOthers(t *testing.T) {
	sdks, h1 := sdkDir(t, "go1.26.8")
	dir := home(t, "dev")
	untidy(t, dir)
	apply(t, look(t, dir), Wanted{Org: corp(t), SDK: sdks, Offline: true, Pins: pins(h1)})
	for name, more := range map[string]string{".profile": "export B=2\n", ".config/go/env": "GOFLAGS=-mod=mod\n", ".gitconfig": "[core]\n\tabbrev = 12\n", ".zprofile": "# mine\n"} {
		f := filepath.Join(dir, filepath.FromSlash(name))
		write(t, f, read(t, f)+more)
	}
	if _, err := look(t, dir).Undo(false); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		".profile":       "export A=1\nexport B=2\n",
		".config/go/env": "GOPRIVATE=own.example\nGOFLAGS=-mod=mod\nGOSUMDB=off\nGOROOT=/nonexistent\n",
		".gitconfig":     "[user]\n\tname = 名\n[core]\n\tabbrev = 12\n",
		".zprofile":      "# mine\n",
	} {
		if got := strings.ReplaceAll(read(t, filepath.Join(dir, filepath.FromSlash(name))), "\r", ""); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// Two versions side by side: undo of the second gives the first back.
func TestVersions(t *testing.T) {
	sdks, h1 := sdkDir(t, "go1.26.7", "go1.26.8")
	dir := home(t, "dev")
	w := Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8"}
	current := func() string { return filepath.Base(mustLink(t, look(t, dir).join("go", "current"))) }
	w.Go = "1.26.7"
	apply(t, look(t, dir), w)
	w.Go = ""
	if p := apply(t, look(t, dir), w); len(p.Files().Files) != 1 || current() != "go1.26.8" {
		t.Errorf("an upgrade changes %v", p.Files().Files)
	}
	w.Go = "1.26.7"
	before := tree(t, dir, true)
	if _, err := plan(t, look(t, dir), w); err == nil || msg.KindOf(err) != msg.Findings || !strings.Contains(msg.Hint(err).EN, "--allow-downgrade") {
		t.Errorf("a downgrade: %v", err)
	}
	if tree(t, dir, true) != before {
		t.Error("a refused downgrade changed something")
	}
	w.AllowDowngrade = true
	if p := apply(t, look(t, dir), w); p.SDK.State != Keep || current() != "go1.26.7" {
		t.Error("a downgrade that was allowed did not happen")
	}
	d := look(t, dir)
	if _, err := d.Undo(false); err != nil || current() != "go1.26.8" {
		t.Error(err, current())
	}
	if _, err := d.Undo(true); err != nil || exists(filepath.Join(dir, ".profile")) {
		t.Error("undo of all left something", err)
	}
}

func mustLink(t testing.TB, name string) string {
	t.Helper()
	to, err := os.Readlink(name)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// One changed byte, one lost x bit, one file too many: replaced, and said.
func TestChangedSDK(t *testing.T) {
	sdks, h1 := sdkDir(t, "go1.26.8")
	dir := home(t, "dev")
	w := Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8"}
	apply(t, look(t, dir), w)
	root := look(t, dir).join("go", "go1.26.8")
	for name, spoil := range map[string]func() error{
		"byte": func() error {
			return os.WriteFile(filepath.Join(root, "src", "p1", "f.go"), []byte("package p1 // go1.26.9\n"), 0o644)
		},
		"mode":   func() error { return os.Chmod(filepath.Join(root, "bin", "go"), 0o644) },
		"file":   func() error { return os.WriteFile(filepath.Join(root, "src", "p1", "g.go"), nil, 0o644) },
		"record": func() error { return os.Remove(root + ".json") },
	} {
		good := tree(t, root, false)
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if name == "record" {
			w.Pins = nil
			w.Fetch.H1 = ""
			if p, err := plan(t, look(t, dir), w); err == nil || msg.KindOf(err) != msg.Incomplete {
				t.Errorf("%s: without anybody to vouch: %v %+v", name, err, p)
			}
			w.Pins = pins(h1)
		}
		p := apply(t, look(t, dir), w)
		if name != "record" && (p.SDK.State != Replace || len(p.Notes) == 0 || p.Notes[0].Code != "changed") {
			t.Errorf("%s: %+v %v", name, p.SDK, p.Notes)
		}
		if tree(t, root, false) != strings.ReplaceAll(good, "\x00", "") {
			t.Errorf("%s: not as it was", name)
		}
		if entries, _ := filepath.Glob(filepath.Join(filepath.Dir(root), ".*")); len(entries) > 0 {
			t.Errorf("%s: left %v", name, entries)
		}
	}
}

// B2: content that nobody vouches for is refused, and the old Go stays.
func TestWrongContent(t *testing.T) {
	sdks, h1 := sdkDir(t, "go1.26.7", "go1.26.8")
	dir := home(t, "dev")
	apply(t, look(t, dir), Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Go: "1.26.7"})
	before := tree(t, dir, true)
	zip := filepath.Join(sdks, demo("go1.26.8").Module().Version+".zip")
	good := read(t, zip)
	other, _ := packed(t, demo("go1.26.8"), fakeSDK("go1.26.7"))
	for name, content := range map[string]string{"truncated": good[:len(good)/2], "wrong": string(other), "page": "<html>login", "empty": ""} {
		write(t, zip, content)
		p, err := plan(t, look(t, dir), Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Go: "1.26.8"})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Apply(context.Background(), now); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if tree(t, dir, true) != before {
			t.Errorf("%s: the old state is gone", name)
		}
	}
}

// B7: a home that cannot be written gives an error with a remedy, and nothing else.
func TestNoRoom(t *testing.T) {
	dir := home(t, "dev")
	write(t, filepath.Join(dir, ".local"), "a file where a folder should be")
	_, err := look(t, dir).Lock(context.Background(), nil)
	if err == nil || msg.Hint(err).IsZero() {
		t.Errorf("%v", err)
	}
	// A start file that cannot be written takes the others back.
	dir = home(t, "dev")
	sdks, h1 := sdkDir(t, "go1.26.8")
	w := Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8", Profile: profile(t, "cn")}
	write(t, filepath.Join(dir, ".zshrc"), "")
	p, err := plan(t, look(t, dir), w)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, ".zprofile"), 0o755); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir, false, ".local")
	if err := p.Apply(context.Background(), now); err == nil || !strings.Contains(err.Error(), ".zprofile") {
		t.Error(err)
	}
	if got := tree(t, dir, false, ".local"); got != before {
		t.Errorf("after a failure:\n%s", got)
	}
}

// B5: the second waits until the first is done, or until it is not wanted any more.
func TestLock(t *testing.T) {
	dir := home(t, "dev")
	d := look(t, dir)
	unlock, err := d.Lock(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	told := make(chan bool, 1)
	failed := make(chan error, 1)
	go func() {
		_, err := d.Lock(ctx, func() { told <- true })
		failed <- err
	}()
	<-told
	cancel()
	if err := <-failed; err == nil {
		t.Error("two have the lock")
	}
	got := make(chan func(), 1)
	go func() {
		u, err := d.Lock(context.Background(), nil)
		if err != nil {
			t.Error(err)
		}
		got <- u
	}()
	select {
	case <-got:
		t.Error("the second did not wait")
	case <-time.After(120 * time.Millisecond):
	}
	write(t, d.join("something"), "") // so that the folder stays
	unlock()
	(<-got)()
	// Nothing done, nothing left.
	dir = home(t, "other")
	if unlock, err = look(t, dir).Lock(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	unlock()
	if exists(filepath.Join(dir, ".local")) {
		t.Error("a lock left folders")
	}
}
