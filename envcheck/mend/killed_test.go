package mend

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
)

// killed is what stops undo, as a kill would.
type killed struct{}

// An undo that was killed before any of its files is gone on with by Recover, and an
// apply that was not killed is left alone whatever its owner makes of the files.
func TestRecoverGoesOnWithAnUndo(t *testing.T) {
	for n := range 4 {
		base := t.TempDir()
		j, p := Journal{Dir: filepath.Join(base, "j")}, &Plan{}
		for _, name := range []string{"a", "b", "c"} {
			write(t, filepath.Join(base, name), "old", 0o644)
			f, err := Read(filepath.Join(base, name))
			if err != nil {
				t.Fatal(err)
			}
			f.After = []byte("old+ours")
			p.Add(f, "")
		}
		if err := j.Apply(context.Background(), p, now); err != nil {
			t.Fatal(err)
		}
		write(t, p.Files[0].Path, "old", 0o644) // by hand
		if again, err := j.Recover(); again || err != nil || content(t, p.Files[1].Path) != "old+ours" {
			t.Fatalf("an apply that was done: %v %v", again, err)
		}
		write(t, p.Files[0].Path, "old+ours", 0o644)

		for _, f := range p.Files {
			write(t, f.Path, "theirs", 0o644) // so that merge is asked
		}
		func() {
			defer func() {
				if r := recover(); r != nil && r != (killed{}) {
					panic(r)
				}
			}()
			asked := 0
			_, err := j.UndoWith(func(File, []byte) ([]byte, error) {
				if asked++; asked > n {
					panic(killed{})
				}
				return nil, errors.New("not now")
			})
			if n < 3 {
				t.Errorf("undo was not killed: %v", err)
			}
		}()
		for i, f := range slices.Backward(p.Files) { // what undo had done, and what it had not
			text := "old+ours"
			if i >= len(p.Files)-n {
				text = "old"
			}
			write(t, f.Path, text, 0o644)
		}
		again, err := j.Recover()
		if err != nil || again != (n > 0) {
			t.Errorf("killed after %d: %v %v", n, again, err)
		}
		if n == 0 { // nothing was taken back: the next undo begins anew
			if restored, err := j.Undo(); err != nil || len(restored) != 3 {
				t.Error(restored, err)
			}
		}
		for _, f := range p.Files {
			if content(t, f.Path) != "old" {
				t.Errorf("killed after %d: %s holds %q", n, f.Path, content(t, f.Path))
			}
		}
		if n, err := j.Entries(); n != 0 || err != nil {
			t.Error(n, err)
		}
	}
}
