package mend

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newer is a plan of a link, a new file in new folders, and a changed file.
func newer(t *testing.T, base string) *Plan {
	t.Helper()
	p := &Plan{}
	link, err := ReadLink(filepath.Join(base, "current"))
	if err != nil {
		t.Fatal(err)
	}
	link.After = []byte("new")
	p.Add(link, "")
	for name, text := range map[string]string{"a": "new a", "x/y/b": "new b"} {
		f, err := Read(filepath.Join(base, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		f.After = []byte(text)
		p.Add(f, "")
	}
	return p
}

func TestLinksAndFolders(t *testing.T) {
	base := t.TempDir()
	if err := os.Symlink("old", filepath.Join(base, "current")); err != nil {
		t.Skip(err)
	}
	write(t, filepath.Join(base, "a"), "old a", 0o640)
	p := newer(t, base)
	if d := p.Diff(); !strings.Contains(d, "current old -> new\n") || !strings.Contains(d, "mkdir "+filepath.Join(base, "x")+"\nmkdir ") {
		t.Error(d)
	}
	j := Journal{Dir: filepath.Join(base, "j")}
	if err := j.Apply(context.Background(), p, now); err != nil {
		t.Fatal(err)
	}
	if to, _ := os.Readlink(filepath.Join(base, "current")); to != "new" || content(t, filepath.Join(base, "x", "y", "b")) != "new b" {
		t.Error("not applied", to)
	}
	if again := newer(t, base); !again.Empty() {
		t.Errorf("a second plan: %s", again.Diff())
	}
	if broken, err := j.Recover(); broken || err != nil {
		t.Error("a whole entry was taken back", err)
	}
	if n, err := j.Entries(); n != 1 || err != nil {
		t.Error(n, err)
	}
	write(t, filepath.Join(base, "x", "other"), "somebody else's", 0o644)
	if _, err := j.Undo(); err != nil {
		t.Fatal(err)
	}
	if to, _ := os.Readlink(filepath.Join(base, "current")); to != "old" || content(t, filepath.Join(base, "a")) != "old a" {
		t.Error("not restored", to)
	}
	if _, err := os.Stat(filepath.Join(base, "x", "y")); !os.IsNotExist(err) {
		t.Error("a folder stayed", err)
	}
	if content(t, filepath.Join(base, "x", "other")) != "somebody else's" {
		t.Error("a folder in use went")
	}
	if _, err := ReadLink(filepath.Join(base, "a")); err == nil {
		t.Error("a file passed for a link")
	}
	own := &Plan{}
	own.Add(File{Path: filepath.Join(base, "own", "deep", "f"), After: []byte("x"), NewMode: 0o644}, filepath.Join(base, "own"))
	if len(own.Files) != 1 {
		t.Errorf("folders of an owner were planned: %+v", own.Files)
	}
}

// Recover takes back what was broken off after any number of files, and nothing
// where somebody else has been.
func TestRecover(t *testing.T) {
	for done := range 5 {
		base := t.TempDir()
		if err := os.Symlink("old", filepath.Join(base, "current")); err != nil {
			t.Skip(err)
		}
		write(t, filepath.Join(base, "a"), "old a", 0o644)
		p := newer(t, base)
		j := Journal{Dir: filepath.Join(base, "j")}
		if _, err := j.record(p, now); err != nil {
			t.Fatal(err)
		}
		for _, f := range p.Files[:done] {
			if err := f.put(f.After, f.NewMode); err != nil {
				t.Fatal(err)
			}
		}
		broken, err := j.Recover()
		if err != nil || broken != (done < len(p.Files)) {
			t.Errorf("after %d of %d: %v %v", done, len(p.Files), broken, err)
		}
		if to, _ := os.Readlink(filepath.Join(base, "current")); broken && (to != "old" || content(t, filepath.Join(base, "a")) != "old a") {
			t.Errorf("after %d: not as before", done)
		}
	}
	base := t.TempDir()
	write(t, filepath.Join(base, "a"), "old a", 0o644)
	p, j := newer(t, base), Journal{Dir: filepath.Join(base, "j")}
	if _, err := j.record(p, now); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(base, "a"), "mine", 0o644)
	if broken, err := j.Recover(); broken || err != nil || content(t, filepath.Join(base, "a")) != "mine" {
		t.Error(broken, err)
	}
}

func TestUndoWith(t *testing.T) {
	base := t.TempDir()
	a, gone := filepath.Join(base, "a"), filepath.Join(base, "gone")
	write(t, a, "old", 0o644)
	p := &Plan{}
	for _, path := range []string{a, gone} {
		f, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		f.After = append(f.After, "+ours"...)
		p.Add(f, "")
	}
	j := Journal{Dir: filepath.Join(base, "j")}
	if err := j.Apply(context.Background(), p, now); err != nil {
		t.Fatal(err)
	}
	write(t, a, "old+ours+theirs", 0o644)
	write(t, gone, "+ours changed", 0o644)
	if _, err := j.UndoWith(func(File, []byte) ([]byte, error) { return nil, errors.New("cannot tell") }); err == nil || content(t, a) != "old+ours+theirs" {
		t.Errorf("nobody could tell: %v", err)
	}
	restored, err := j.UndoWith(func(f File, now []byte) ([]byte, error) {
		return []byte(strings.ReplaceAll(strings.ReplaceAll(string(now), "+ours changed", ""), "+ours", "")), nil
	})
	if err != nil || len(restored) != 2 || content(t, a) != "old+theirs" {
		t.Errorf("%v %v %q", restored, err, content(t, a))
	}
	if _, err := os.Stat(gone); !os.IsNotExist(err) {
		t.Error("a file of ours alone stayed")
	}
}
