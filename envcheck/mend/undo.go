package mend

import (
	"bytes"
	"os"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Undo takes back the newest entry that stands, and returns the files that got
// their old content. None and no error: there is nothing to take back. Files
// that were changed after us are left as they are and named in the error; the
// others are taken back all the same, and the entry stays, so that it can be
// tried again.
func (j Journal) Undo() (restored []string, err error) { return j.UndoWith(nil) }

// UndoWith is [Journal.Undo], but asks merge about an ordinary file that was
// changed after us: given the file as it was planned and what it holds now, it
// returns what is left without our part, or why that cannot be told from the rest.
// nil asks nobody.
func (j Journal) UndoWith(merge func(f File, now []byte) ([]byte, error)) (restored []string, err error) {
	path, e, err := j.last()
	if err != nil || path == "" {
		return nil, err
	}
	if standing, ok := strings.CutSuffix(path, whole); ok { // should we be killed, Recover goes on
		if err := os.Rename(path, standing+suffix); err != nil {
			return nil, msg.Errorf("open the journal entry: %w", "打开日志条目：%w", err)
		}
		path = standing + suffix
	}
	var errs []error
	for _, f := range slices.Backward(e.Files) {
		done, err := undo(f, merge)
		if err != nil {
			errs = append(errs, err)
		} else if done {
			restored = append(restored, f.Path)
		}
	}
	if len(errs) > 0 {
		return restored, msg.Join(errs...)
	}
	if err := os.Rename(path, strings.TrimSuffix(path, suffix)+undone); err != nil {
		return restored, msg.Errorf("close the journal entry: %w", "结束日志条目：%w", err)
	}
	return restored, nil
}

// undo takes our part out of one file, and reports whether there was any.
func undo(f File, merge func(File, []byte) ([]byte, error)) (bool, error) {
	state, err := look(f)
	switch {
	case err != nil:
		return false, err
	case state == asBefore: // we were killed before it
		return false, nil
	case state == asAfter:
		if err := restore(f); err != nil {
			return false, err
		}
		_, err := os.Lstat(f.Path)
		return !f.Dir || f.Existed || err != nil, nil
	}
	now, err := f.now()
	if err == nil && !now.Existed && merge != nil {
		return false, nil // gone: nothing of ours is left
	}
	if err != nil || merge == nil || f.Link || f.Dir || now.Dir {
		return false, msg.Errorf("undo %s: the file was changed since; it is left as it is", "撤销 %s：文件此后被修改过；保持不动", f.Path).
			WithHint("make it what it was before, or remove it where it may go, and run undo again", "请将其改回原样，或在不再需要时删除，然后再次执行 undo")
	}
	rest, err := merge(f, now.Before)
	switch {
	case err != nil:
		return false, err
	case bytes.Equal(rest, now.Before):
		return false, nil
	case len(rest) == 0 && !f.Existed:
		return true, restore(f)
	}
	return true, f.put(rest, now.Mode)
}

// Broken reports whether the newest entry was broken off: some of its files are as
// they were planned, the others still as they were before, and none is otherwise.
func (j Journal) Broken() (bool, error) {
	path, e, err := j.last()
	if err != nil || path == "" || strings.HasSuffix(path, whole) {
		return false, err
	}
	before := false
	for _, f := range e.Files {
		switch state, err := look(f); {
		case err != nil:
			return false, err
		case state == other:
			return false, nil
		case state == asBefore && (f.changed() || !f.Existed):
			before = true
		}
	}
	return before, nil
}

// Recover takes back the newest entry when it was broken off. What the killed writer
// left beside the files goes too, so nobody else may be at work. It reports whether it
// did.
func (j Journal) Recover() (bool, error) {
	broken, err := j.Broken()
	if err != nil || !broken {
		return false, err
	}
	if err := j.Sweep(); err != nil {
		return false, err
	}
	_, err = j.Undo()
	return err == nil, err
}

// Sweep removes what a killed writer left beside the files of the newest entry. Nobody
// else may be at work.
func (j Journal) Sweep() error {
	path, e, err := j.last()
	if err != nil || strings.HasSuffix(path, whole) {
		return err
	}
	for _, f := range e.Files {
		if !f.Link && !f.Dir && !f.Registry {
			goenv.SweepFile(f.Path)
		}
	}
	return nil
}

// Entries is how many entries stand.
func (j Journal) Entries() (int, error) {
	names, err := j.names()
	n := 0
	for _, name := range names {
		if strings.HasSuffix(name, suffix) {
			n++
		}
	}
	return n, err
}
