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
// returns what is left without our part, or false when our part cannot be told
// from the rest. nil asks nobody.
func (j Journal) UndoWith(merge func(f File, now []byte) ([]byte, bool)) (restored []string, err error) {
	path, e, err := j.last()
	if err != nil || path == "" {
		return nil, err
	}
	var errs []error
	for _, f := range slices.Backward(e.Files) {
		state, err := look(f)
		if err == nil && state == other && merge != nil && !f.Link && !f.Dir {
			var done bool
			if done, err = without(f, merge); done {
				restored = append(restored, f.Path)
				continue
			}
		}
		switch {
		case err != nil:
			errs = append(errs, err)
		case state == asBefore: // we were killed before it
		case state != asAfter:
			errs = append(errs, msg.Errorf("undo %s: the file was changed since; it is left as it is", "撤销 %s：文件此后被修改过；保持不动", f.Path))
		default:
			if err := restore(f); err != nil {
				errs = append(errs, err)
				continue
			}
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

// without takes our part out of a file that others changed too.
func without(f File, merge func(File, []byte) ([]byte, bool)) (bool, error) {
	now, err := f.now()
	if err != nil || !now.Existed || now.Dir {
		return err == nil && !now.Existed, err // gone: nothing of ours is left
	}
	rest, ok := merge(f, now.Before)
	if !ok {
		return false, nil
	}
	if bytes.Equal(rest, now.Before) {
		return true, nil
	}
	if len(rest) == 0 && !f.Existed {
		return true, restore(f)
	}
	return true, f.put(rest, now.Mode)
}

// Recover takes back the newest entry when it was broken off: some of its files
// are as they were planned, the others still as they were before, and none is
// otherwise. What the killed writer left beside them goes too, so nobody else may
// be at work. It reports whether it did.
func (j Journal) Recover() (bool, error) {
	path, e, err := j.last()
	if err != nil || path == "" {
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
	if !before {
		return false, nil
	}
	for _, f := range e.Files {
		if !f.Link && !f.Dir && !f.Registry {
			goenv.SweepFile(f.Path)
		}
	}
	_, err = j.Undo()
	return err == nil, err
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
