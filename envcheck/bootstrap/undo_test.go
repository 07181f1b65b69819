//go:build unix

package bootstrap

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// remedy fails unless an error tells in both languages what to do.
func remedy(t *testing.T, what string, err error, words ...string) {
	t.Helper()
	if err == nil || msg.Hint(err).IsZero() || msg.In(err, msg.Chinese) == err.Error() {
		t.Errorf("%s: %v, hint %q", what, err, msg.Hint(err))
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error()+msg.Hint(err).EN, w) {
			t.Errorf("%s: no %q in %v, hint %q", what, w, err, msg.Hint(err).EN)
		}
	}
}

func settled(t *testing.T) (w Wanted, dir string) {
	t.Helper()
	sdks, h1 := sdkDir(t, "go1.26.8")
	return Wanted{Org: corp(t), SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8"}, home(t, "dev")
}

func edit(t *testing.T, name, old, new string) {
	t.Helper()
	text := read(t, name)
	if !strings.Contains(text, old) {
		t.Fatalf("no %q in %s:\n%s", old, name, text)
	}
	write(t, name, strings.Replace(text, old, new, 1))
}

// What somebody wrote between our marks is his: undo names the file and keeps it,
// and goes on once he has moved it out. git itself writes there, for it adds to the
// last section of a name.
func TestUndoKeepsLinesInsideTheBlock(t *testing.T) {
	w, dir := settled(t)
	apply(t, look(t, dir), w)
	profile, git := filepath.Join(dir, ".profile"), filepath.Join(dir, ".gitconfig")
	ours, include := read(t, profile), read(t, git)
	edit(t, profile, "esac\n", "esac\nexport MINE=1\n")
	edit(t, git, endMark, "\tpath = /home/dev/.work\n"+endMark)
	mine, work := read(t, profile), read(t, git)

	p, err := plan(t, look(t, dir), w)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.Files().Files {
		if f.Path == git {
			t.Errorf("apply would take a line of the user's out of %s", git)
		}
	}
	restored, err := look(t, dir).Undo(false)
	remedy(t, "edited blocks", err, profile, git, "undo")
	if slices.Contains(restored, profile) || read(t, profile) != mine || read(t, git) != work {
		t.Errorf("undo took lines of the user's: %q\n%s%s", restored, read(t, profile), read(t, git))
	}
	write(t, profile, ours+"export MINE=1\n")
	write(t, git, include+"[include]\n\tpath = /home/dev/.work\n")
	if _, err := look(t, dir).Undo(false); err != nil {
		t.Fatal(err)
	}
	if read(t, profile) != "export MINE=1\n" || read(t, git) != "[include]\n\tpath = /home/dev/.work\n" {
		t.Errorf("undo leaves\n%s%s", read(t, profile), read(t, git))
	}
}

// Dotfile managers keep links: one that leads to nothing yet, and one that takes
// over the file that we made.
func TestUndoAndDotfileManagers(t *testing.T) {
	w, dir := settled(t)
	if err := os.Symlink("dot files/bashrc", filepath.Join(dir, ".bashrc")); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir, false, ".local")
	apply(t, look(t, dir, "SHELL=/bin/bash"), w)
	if !strings.Contains(read(t, filepath.Join(dir, "dot files", "bashrc")), beginWord) {
		t.Error("the file behind the link has no block")
	}
	if _, err := look(t, dir, "SHELL=/bin/bash").Undo(false); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir, false, ".local"); got != before {
		t.Errorf("after undo:\n%s\nbefore:\n%s", got, before)
	}

	apply(t, look(t, dir), w)
	adopted := filepath.Join(dir, "adopted")
	if err := os.Rename(filepath.Join(dir, ".profile"), adopted); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("adopted", filepath.Join(dir, ".profile")); err != nil {
		t.Fatal(err)
	}
	if _, err := look(t, dir).Undo(false); err != nil {
		t.Fatal(err)
	}
	if mustLink(t, filepath.Join(dir, ".profile")) != "adopted" || read(t, adopted) != "" {
		t.Errorf("undo leaves %q behind the link", read(t, adopted))
	}
}

// What is gone by now, and a folder that is in use, was not restored by us.
func TestUndoNamesWhatItDid(t *testing.T) {
	w, dir := settled(t)
	apply(t, look(t, dir), w)
	write(t, filepath.Join(dir, ".config", "go", "telemetry", "mode"), "off")
	if err := os.Remove(filepath.Join(dir, ".gitconfig")); err != nil {
		t.Fatal(err)
	}
	restored, err := look(t, dir).Undo(false)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".gitconfig", ".config/go", ".config"} {
		if slices.Contains(restored, filepath.Join(dir, name)) {
			t.Errorf("%s was not restored: %q", name, restored)
		}
	}
	if !slices.Contains(restored, filepath.Join(dir, ".profile")) {
		t.Errorf("restored %q", restored)
	}
}

// Whoever takes our block out of a file has not broken an apply off: a later one
// must not take back the settings that keep the names of private modules at home.
func TestABlockTakenOutByHandIsNoBrokenApply(t *testing.T) {
	w, dir := settled(t)
	apply(t, look(t, dir), w)
	if err := os.Remove(filepath.Join(dir, ".profile")); err != nil {
		t.Fatal(err)
	}
	if again, err := look(t, dir).Recover(); again || err != nil {
		t.Errorf("recovered: %v %v", again, err)
	}
	w.Org = nil
	apply(t, look(t, dir), w)
	if got := read(t, filepath.Join(dir, ".config", "go", "env")); !strings.Contains(got, "GOPRIVATE=git.corp.example\n") {
		t.Errorf("env file: %q", got)
	}
	if _, err := look(t, dir).Undo(true); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir, false, ".local"); got != ". drwxr-xr-x\n.local drwxr-xr-x\n" && got != ". drwxr-xr-x\n" {
		t.Errorf("after undo of all:\n%s", got)
	}
}

// After a kill, plan says that apply begins by taking back.
func TestPlanAfterAKill(t *testing.T) {
	w, dir := settled(t)
	apply(t, look(t, dir), w)
	entries, _ := filepath.Glob(filepath.Join(look(t, dir).Journal().Dir, "*.done.json"))
	if len(entries) != 1 {
		t.Fatal(entries)
	}
	if err := os.Rename(entries[0], strings.TrimSuffix(entries[0], ".done.json")+".json"); err != nil {
		t.Fatal(err)
	}
	for _, broken := range []bool{false, true} { // killed behind the last file, and before it
		p, err := plan(t, look(t, dir), w)
		if err != nil || slices.ContainsFunc(p.Notes, func(n Note) bool { return n.Code == "broken-off" }) != broken {
			t.Errorf("%v: %v %v", broken, p.Notes, err)
		}
		if err := os.Remove(filepath.Join(dir, ".profile")); err != nil && !broken {
			t.Fatal(err)
		}
	}
}

// What a killed undo left beside a file goes with the next one.
func TestUndoAfterAKilledUndo(t *testing.T) {
	w, dir := settled(t)
	write(t, filepath.Join(dir, ".profile"), "export A=1\n")
	before := tree(t, dir, false)
	apply(t, look(t, dir), w)
	entries, _ := filepath.Glob(filepath.Join(look(t, dir).Journal().Dir, "*.done.json"))
	if len(entries) != 1 {
		t.Fatal(entries)
	}
	if err := os.Rename(entries[0], strings.TrimSuffix(entries[0], ".done.json")+".json"); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "..profile.yingzao-ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "export A=1\n")
	if _, err := look(t, dir).Undo(true); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir, false, ".local"); got != before && got != before+".local drwxr-xr-x\n" {
		t.Errorf("undo leaves\n%s\nbefore\n%s", got, before)
	}
}

// A link that somebody turned, and a journal that cannot be read, come with a remedy.
func TestUndoSaysWhatToDo(t *testing.T) {
	w, dir := settled(t)
	apply(t, look(t, dir), w)
	d := look(t, dir)
	current := d.join("go", "current")
	if err := os.Remove(current); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("go9", current); err != nil {
		t.Fatal(err)
	}
	_, err := d.Undo(false)
	remedy(t, "a turned link", err, current)
	if err := os.Remove(current); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Undo(false); err != nil {
		t.Error("after the remedy:", err)
	}
	apply(t, look(t, dir), w)
	entries, _ := filepath.Glob(filepath.Join(d.Journal().Dir, "*.json"))
	if len(entries) != 1 {
		t.Fatal(entries)
	}
	good := read(t, entries[0])
	for name, text := range map[string]string{"empty": "", "cut": good[:len(good)/2], "newer": strings.Replace(good, `"schema":1`, `"schema":2`, 1)} {
		write(t, entries[0], text)
		_, err := d.Undo(false)
		remedy(t, name, err, entries[0])
		_, err = d.Recover()
		remedy(t, name, err, entries[0])
	}
}
