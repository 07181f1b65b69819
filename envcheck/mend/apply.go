package mend

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Apply makes the changes of a plan. An empty plan writes nothing, not even a
// journal entry. When a file is not any more what the plan saw, nothing is
// changed. A failure in between takes back what was done.
func (j Journal) Apply(ctx context.Context, p *Plan, now time.Time) error {
	if p.Empty() {
		return nil
	}
	for _, f := range p.Files {
		if state, err := look(f); err != nil {
			return err
		} else if state != asBefore {
			return msg.Errorf("fix %s: the file was changed in the meantime; nothing was done", "修复 %s：文件在此期间被修改；未作任何改动", f.Path).
				WithHint("run the check again", "请重新运行检查")
		}
	}
	path, err := j.record(p, now)
	if err != nil {
		return err
	}
	for i, f := range p.Files {
		if err = ctx.Err(); err == nil {
			err = put(f.Path, f.Dir, f.After, f.NewMode)
		}
		if err == nil {
			continue
		}
		failed := msg.Errorf("fix %s: %w", "修复 %s：%w", f.Path, err)
		for _, done := range slices.Backward(p.Files[:i]) {
			if err := restore(done); err != nil {
				return msg.Join(failed, err)
			}
		}
		if err := os.Remove(path); err != nil {
			return msg.Join(failed, err)
		}
		return failed
	}
	return nil
}

// Undo takes back the newest entry that stands, and returns the files that got
// their old content. None and no error: there is nothing to take back. Files
// that were changed after us are left as they are and named in the error; the
// others are taken back all the same, and the entry stays, so that it can be
// tried again.
func (j Journal) Undo() (restored []string, err error) {
	path, e, err := j.last()
	if err != nil || path == "" {
		return nil, err
	}
	var errs []error
	for _, f := range slices.Backward(e.Files) {
		state, err := look(f)
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

type state int

const (
	other state = iota
	asBefore
	asAfter
)

// look compares a file on disk with the two states that the plan knows.
func look(f File) (state, error) {
	info, err := os.Stat(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		if !f.Existed {
			return asBefore, nil
		}
		return other, nil
	}
	if err != nil {
		return other, msg.Errorf("read %s: %w", "读取 %s：%w", f.Path, err)
	}
	var data []byte
	if !f.Dir {
		if data, err = os.ReadFile(f.Path); err != nil {
			return other, msg.Errorf("read %s: %w", "读取 %s：%w", f.Path, err)
		}
	}
	mode := info.Mode().Perm()
	switch {
	case f.Existed && bytes.Equal(data, f.Before) && mode == f.Mode:
		return asBefore, nil
	case bytes.Equal(data, f.After) && (mode == f.NewMode || !f.Existed):
		return asAfter, nil
	case f.Existed && bytes.Equal(data, f.After) && mode == f.Mode: // killed between content and permissions
		return asAfter, nil
	}
	return other, nil
}

func put(path string, dir bool, data []byte, mode fs.FileMode) error {
	if dir {
		if err := os.MkdirAll(path, mode); err != nil {
			return err
		}
		return os.Chmod(path, mode)
	}
	if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, data) {
		if err := goenv.WriteFile(path, data, mode); err != nil {
			return err
		}
	}
	return os.Chmod(path, mode)
}

// restore gives a file its old state.
func restore(f File) error {
	var err error
	switch {
	case f.Existed:
		err = put(f.Path, f.Dir, f.Before, f.Mode)
	default:
		err = os.Remove(f.Path)
	}
	if err != nil {
		return msg.Errorf("restore %s: %w", "恢复 %s：%w", f.Path, err)
	}
	return nil
}
